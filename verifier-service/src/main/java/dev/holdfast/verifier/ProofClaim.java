package dev.holdfast.verifier;

import dev.holdfast.events.Event;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.AttemptFolder;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.verifier.intake.QueueVerifications;
import dev.holdfast.verifier.prove.Level;
import dev.holdfast.verifier.prove.ProofOrder;
import java.util.Objects;
import java.util.Optional;

/** A verification that this verifier claimed, which others may end: a person, a later attempt, a shutdown. The first counts. */
final class ProofClaim {

    static final String ACTIVITY = "verification";

    private final Event<VerificationRequested> request;
    private final Repository repository;
    private final ManifestDocument manifest;
    private final ProofOrder order;
    private final String nonce = AttemptFolder.newNonce();
    private Event<VerificationStarted> started;
    private Thread prover;
    private boolean begun;
    private boolean over;
    private boolean superseded;
    private boolean stopped;
    private RunCancelling wanted;

    ProofClaim(Event<VerificationRequested> request, Repository repository, ManifestDocument manifest, ProofOrder order) {
        this.request = request;
        this.repository = repository;
        this.manifest = manifest;
        this.order = order;
    }

    Event<VerificationRequested> request() {
        return request;
    }

    Repository repository() {
        return repository;
    }

    ManifestDocument manifest() {
        return manifest;
    }

    ProofOrder order() {
        return order;
    }

    /** Nobody waits for just this proof. */
    boolean isFromIntake() {
        return QueueVerifications.REQUESTER.equals(request.data().requester());
    }

    String nonce() {
        return nonce;
    }

    String database() {
        return manifest.alias();
    }

    String backupId() {
        return manifest.id().toString();
    }

    int attempt() {
        return Objects.requireNonNullElse(request.data().attempt(), 1);
    }

    int failures() {
        return Objects.requireNonNullElse(request.data().failures(), 0);
    }

    boolean isOf(String database, String backupId, String inRepository) {
        return database().equals(database) && backupId().equals(backupId) && repository.name().equals(inRepository);
    }

    /** Of the same copy, and it proves no less. */
    boolean covers(VerificationStarted other) {
        return isOf(other.database(), other.backupId(), other.repository()) && Level.of(other.level()).compareTo(order.level()) >= 0;
    }

    /** What tells of the claim, the same however often it is told. */
    synchronized Event<VerificationStarted> started(ServiceIdentity by) {
        if (started == null) {
            started = by.event(backupId(), request.correlationId(), new VerificationStarted(database(), backupId(), repository.name(),
                    order.level().label(), attempt(), nonce, by.instance()));
        }
        return started;
    }

    /** Whether nobody has taken it up yet. */
    synchronized boolean takeUp() {
        boolean first = !begun;
        begun = true;
        return first;
    }

    /** On the thread that proves, before anything else. */
    synchronized void begin() {
        prover = Thread.currentThread();
        if (isEnded()) {
            prover.interrupt();
        }
    }

    /** From here on nothing interrupts the thread any more; its flag is clear. */
    synchronized void end() {
        over = true;
        if (Thread.currentThread() == prover) {
            Thread.interrupted();
        }
    }

    /** A later attempt has started: what becomes of the run is that one's to tell. */
    synchronized void supersede() {
        superseded = true;
        interrupt();
    }

    synchronized void cancel(RunCancelling cancelling) {
        if (!over && !isEnded()) {
            wanted = cancelling;
            interrupt();
        }
    }

    /** The verifier shuts down. */
    synchronized void stop() {
        stopped |= !over && !isEnded(); // told twice, by the service and by its queue, it stays stopped
        interrupt();
    }

    private void interrupt() {
        if (!over && prover != null) {
            prover.interrupt();
        }
    }

    private boolean isEnded() {
        return superseded || stopped || wanted != null;
    }

    /** @throws HoldfastException code {@code interrupted}, where somebody ended it */
    synchronized void check() {
        if (isEnded() || Thread.currentThread().isInterrupted()) {
            throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "proving " + backupId() + " was ended from outside",
                    "nothing: who ended it says what follows");
        }
    }

    synchronized boolean isSuperseded() {
        return superseded;
    }

    synchronized boolean isStopped() {
        return stopped;
    }

    /** Who wanted it ended, where that is why it ended. */
    synchronized Optional<RunCancelling> cancellation() {
        return Optional.ofNullable(wanted);
    }
}
