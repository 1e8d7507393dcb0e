package dev.holdfast.verifier;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.Proof;
import dev.holdfast.repository.VerificationDocument;
import dev.holdfast.repository.VerificationReader;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.TellOutcome;
import dev.holdfast.service.messaging.WorkHandler;
import dev.holdfast.verifier.intake.ManifestConflicts;
import dev.holdfast.verifier.intake.QueueVerifications;
import dev.holdfast.verifier.prove.ProveBackup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims verification requests, proves, and tells the log, the pulse and the metrics. */
final class VerificationRequests implements WorkHandler<VerificationRequested> {

    private static final Logger LOG = LoggerFactory.getLogger(VerificationRequests.class);
    /** A claim that fails for want of it is tried again by the queue. */
    private static final Duration LOG_BEFORE_CLAIM = Duration.ofSeconds(5);
    /** A verdict that took hours is stored also while the broker is away: it is true, whoever found it. */
    private static final Duration LOG_BEFORE_VERDICT = Duration.ofSeconds(10);

    private final HoldfastConfig config;
    private final FindCopy copies;
    private final ProveBackup prove;
    private final EventPublisher publisher;
    private final TellOutcome outcomes;
    private final BiConsumer<RunProgressed, String> pulse;
    private final ProofMetrics metrics;
    private final ServiceIdentity identity;
    private final ManifestConflicts conflicts;
    private final LiveProofs live;
    private final EndedWithoutResult ended;
    private final Predicate<Duration> current;
    private final ProofEvents events;
    private volatile boolean stopping;

    /**
     * @param pulse   takes each beat with the correlation it belongs to
     * @param current waits so long for {@code conflicts} and {@code live} to have read what is on the log now
     */
    VerificationRequests(HoldfastConfig config, FindCopy copies, ProveBackup prove, EventPublisher publisher,
            BiConsumer<RunProgressed, String> pulse, ProofMetrics metrics, ServiceIdentity identity, ManifestConflicts conflicts, LiveProofs live, EndedWithoutResult ended,
            Predicate<Duration> current) {
        this.config = config;
        this.copies = copies;
        this.prove = prove;
        this.publisher = publisher;
        this.outcomes = new TellOutcome(publisher, current);
        this.pulse = pulse;
        this.metrics = metrics;
        this.identity = identity;
        this.conflicts = conflicts;
        this.live = live;
        this.ended = ended;
        this.current = current;
        this.events = new ProofEvents(identity);
    }

    @Override
    public Runnable claim(Event<VerificationRequested> request) {
        if (stopping) {
            throw new HoldfastException(FailureKind.RETRIABLE, "worker-stopped", "claiming a verification: the verifier is shutting down",
                    "nothing: another verifier takes it");
        }
        if (!current.test(LOG_BEFORE_CLAIM)) {
            throw new HoldfastException(FailureKind.RETRIABLE, "log-not-followed", "claiming request " + request.id()
                    + ": the log is not followed yet", "check that the broker answers; the request is delivered again");
        }
        try {
            return copies.of(request).map(this::begin).orElse(() -> { });
        } catch (HoldfastException e) {
            if (e.kind() == FailureKind.RETRIABLE) {
                throw e;
            }
            publisher.publish(Topics.EVENTS, ended.impossible(request, e));
            return () -> { };
        }
    }

    private Runnable begin(ProofClaim found) {
        Optional<Event<?>> settled = settled(found);
        if (settled.isPresent()) {
            live.forget(found);
            // Whoever supervises the request ends it with this; whoever heard it before knows it by its id.
            publisher.publish(Topics.EVENTS, settled.get());
            return () -> { };
        }
        ProofClaim claim = live.earlier(found);
        if (live.isDuplicate(claim)) {
            LOG.info("Backup {} in {} is being proven already, request {} is dropped", claim.backupId(), claim.repository().name(),
                    claim.request().id());
            live.forget(claim);
            return () -> { };
        }
        live.add(claim);
        publisher.publish(Topics.EVENTS, claim.started(identity));
        return () -> {
            if (live.begin(claim)) {
                work(claim);
            }
        };
    }

    /**
     * What the intake asked for is done where any result has come since it looked, which its request's id tells: the newest
     * of them. A person who asks gets a new proof.
     */
    private Optional<Event<?>> settled(ProofClaim claim) {
        if (!claim.isFromIntake()) {
            return Optional.empty();
        }
        List<VerificationDocument> earlier = claim.repository().verifications().of(claim.manifest());
        String asksNow = QueueVerifications.requestId(claim.manifest(), claim.repository().name(), earlier.size());
        return earlier.isEmpty() || asksNow.equals(claim.request().id()) ? Optional.empty()
                : Optional.of(events.of(claim.manifest(), earlier.getFirst(), claim.request().correlationId()));
    }

    private void work(ProofClaim claim) {
        try (ProofHeartbeat heartbeat = new ProofHeartbeat(claim, pulse, config.worker().heartbeat(), () -> verdictComes(claim))) {
            claim.begin();
            for (Event<? extends Payload> event : proven(claim, heartbeat)) {
                outcomes.tell(event, claim::isSuperseded);
            }
        } finally {
            claim.end();
            live.remove(claim);
        }
    }

    /** What to tell of it, with the heart still beating. */
    private List<Event<? extends Payload>> proven(ProofClaim claim, ProofHeartbeat heartbeat) {
        HoldfastException failure;
        try {
            Optional<Event<AlertRaised>> conflict = conflict(claim);
            if (conflict.isPresent()) {
                claim.end();
                return List.of(conflict.get());
            }
            VerificationDocument proof = prove.prove(claim.repository(), claim.manifest(), claim.order(), heartbeat);
            claim.end();
            return result(claim, proof);
        } catch (HoldfastException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            // A proof that ends in a bug proves nothing, and that must be seen.
            LOG.error("Proving {} failed", claim.backupId(), e);
            failure = unforeseen(claim, e);
        }
        claim.end();
        return List.of(ended.event(claim, failure, live.isSupervised(claim)));
    }

    private List<Event<? extends Payload>> result(ProofClaim claim, VerificationDocument proof) {
        LOG.info("Backup {} in {} is {} (level {})", claim.backupId(), claim.repository().name(),
                proof.verification().outcome(), proof.verification().level());
        List<Event<? extends Payload>> told = new ArrayList<>();
        told.add(events.of(claim.manifest(), proof, claim.request().correlationId()));
        events.alert(proof, standing(claim, proof), claim.request().correlationId()).ifPresent(told::add);
        metrics.seen(claim.repository(), claim.manifest());
        return told;
    }

    /** An attempt without a result leaves an older success standing; one that can't be read now is not known of. */
    private Optional<Proof> standing(ProofClaim claim, VerificationDocument proof) {
        if (!proof.verification().outcome().equals("unproven")) {
            return Optional.empty();
        }
        try {
            return Optional.of(claim.repository().verifications().proof(claim.manifest(), claim.order().policy().label()));
        } catch (HoldfastException e) {
            LOG.warn("Looking where {} stands: {} ({})", claim.backupId(), e.getMessage(), e.nextStep());
            return Optional.empty();
        }
    }

    /** Whoever was stopped past its lease learns here that somebody else proves it, or that nobody wants it any more. */
    private void verdictComes(ProofClaim claim) {
        claim.check();
        if (!current.test(LOG_BEFORE_VERDICT)) {
            LOG.warn("The verdict on {} is stored without asking the log whether another attempt has begun", claim.backupId());
        }
        claim.check();
    }

    /** The message of what nobody expected may hold anything, so only its type is told. */
    private static HoldfastException unforeseen(ProofClaim claim, Throwable e) {
        String doing = "proving " + claim.backupId();
        return e instanceof OutOfMemoryError
                ? new HoldfastException(FailureKind.RETRIABLE, "out-of-memory", doing + " needed more memory than this process may take",
                        "give the verifier more memory (-Xmx), or fewer slots as verifier.slots", e)
                : new HoldfastException(FailureKind.BUG, "proof-failed", doing + " failed: " + e.getClass().getSimpleName(),
                        "report this with the verifier's log", e);
    }

    /** What the log says of the manifest is known once it was read to where it ends. */
    private Optional<Event<AlertRaised>> conflict(ProofClaim claim) {
        do {
            claim.check();
        } while (!current.test(Duration.ofSeconds(1)));
        Optional<Event<AlertRaised>> alert = conflicts.of(claim.manifest(), claim.request().correlationId());
        alert.ifPresent(event -> LOG.warn("Backup {} is not proven: {} ({})", claim.backupId(), event.data().reason(), event.data().nextStep()));
        return alert;
    }

    /** Ends what runs, so that it is given back while the log can still be told. */
    void stop() {
        stopping = true;
        live.stop();
    }

    /** A proof that is told to stop says so before it ends; an interrupt would break off just that. */
    @Override
    public void stop(Collection<Thread> jobs) {
        stop();
    }
}
