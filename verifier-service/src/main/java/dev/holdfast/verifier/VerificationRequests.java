package dev.holdfast.verifier;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.AttemptFolder;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Proof;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.VerificationDocument;
import dev.holdfast.repository.VerificationReader;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.Pulse;
import dev.holdfast.service.messaging.WorkHandler;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.verifier.intake.ManifestConflicts;
import dev.holdfast.verifier.intake.QueueVerifications;
import dev.holdfast.verifier.intake.UnreadableManifest;
import dev.holdfast.verifier.prove.Level;
import dev.holdfast.verifier.prove.ProofOrder;
import dev.holdfast.verifier.prove.ProveBackup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims verification requests, proves, and tells the log, the pulse and the metrics. */
final class VerificationRequests implements WorkHandler<VerificationRequested> {

    private static final Logger LOG = LoggerFactory.getLogger(VerificationRequests.class);

    private final HoldfastConfig config;
    private final Repositories repositories;
    private final ProveBackup prove;
    private final EventPublisher publisher;
    private final Pulse pulse;
    private final ProofMetrics metrics;
    private final ServiceIdentity identity;
    private final ManifestConflicts conflicts;
    private final Predicate<Duration> told;
    private final ProofEvents events;
    private final Set<Thread> working = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    /** @param told waits so long for {@code conflicts} to have read the log that there was at the start */
    VerificationRequests(HoldfastConfig config, Repositories repositories, ProveBackup prove, EventPublisher publisher,
            Pulse pulse, ProofMetrics metrics, ServiceIdentity identity, ManifestConflicts conflicts, Predicate<Duration> told) {
        this.config = config;
        this.repositories = repositories;
        this.prove = prove;
        this.publisher = publisher;
        this.pulse = pulse;
        this.metrics = metrics;
        this.identity = identity;
        this.conflicts = conflicts;
        this.told = told;
        this.events = new ProofEvents(identity);
    }

    /** What a claim has found out about its request. */
    private record Claim(Event<VerificationRequested> request, Repository repository, ManifestDocument manifest,
            ProofOrder order, int attempt) {
    }

    @Override
    public Runnable claim(Event<VerificationRequested> request) {
        if (stopping) {
            throw new HoldfastException(FailureKind.RETRIABLE, "worker-stopped", "claiming a verification: the verifier is shutting down",
                    "nothing: another verifier takes it");
        }
        Optional<Claim> found;
        try {
            found = find(request);
        } catch (HoldfastException e) {
            if (e.kind() == FailureKind.RETRIABLE) {
                throw e;
            }
            alert(request, e);
            return () -> { };
        }
        if (found.filter(claim -> !isSettled(claim)).isEmpty()) {
            return () -> { };
        }
        Claim claim = found.get();
        publisher.publish(Topics.EVENTS, identity.event(claim.manifest().id().toString(), request.correlationId(),
                new VerificationStarted(claim.manifest().alias(), claim.manifest().id().toString(), claim.repository().name(),
                        claim.order().level().label(), claim.attempt(), AttemptFolder.newNonce(), identity.instance())));
        return () -> work(claim);
    }

    /**
     * What the intake asked for is done where a result has come meanwhile, or was tried in vain since it asked; a person who
     * asks gets a new proof.
     */
    private static boolean isSettled(Claim claim) {
        if (!QueueVerifications.REQUESTER.equals(claim.request().data().requester())) {
            return false;
        }
        List<VerificationDocument> earlier = claim.repository().verifications().of(claim.manifest());
        return VerificationReader.proof(earlier, claim.order().level().label()).state() != Proof.State.UNPROVEN
                || earlier.stream().map(VerificationDocument::verification).anyMatch(attempt ->
                        attempt.outcome().equals("unproven") && attempt.endedAt().isAfter(claim.request().time()));
    }

    /** Empty where all that was found is a manifest that can't be used, which the log was told. */
    private Optional<Claim> find(Event<VerificationRequested> request) {
        VerificationRequested asked = request.data();
        try {
            BackupId id = BackupId.parse(asked.backupId());
            HoldfastConfig.Database database = config.databases().get(asked.database());
            String level = asked.level() == null && database != null ? database.verify().level() : asked.level();
            List<ProofOrder.Assertion> assertions = database == null ? List.of() : database.verify().assertions().stream()
                    .map(assertion -> new ProofOrder.Assertion(assertion.name(), assertion.sql())).toList();
            ProofOrder order = new ProofOrder(Level.of(level), assertions, Level.of(config.proofLevel(asked.database())));
            List<Repository> candidates = asked.repository() == null
                    ? repositories.inOrder(database == null ? List.of() : database.repositories())
                    : List.of(repositories.get(asked.repository()));
            List<Repository> refuted = new ArrayList<>();
            for (Repository repository : candidates) {
                Optional<ManifestDocument> manifest = UnreadableManifest.find(repository, asked.database(), id, unreadable -> {
                    refuted.add(repository);
                    publisher.publish(Topics.EVENTS, unreadable.event(Event.idFrom("verification", request.id(), repository.name()),
                            request.correlationId(), identity, repository, asked.database(), id));
                    publisher.publish(Topics.EVENTS, unreadable.alert(request.correlationId(), identity, repository, asked.database(), id));
                });
                if (manifest.isPresent()) {
                    return manifest.map(copy -> new Claim(request, repository, copy, order,
                            Objects.requireNonNullElse(asked.attempt(), 1)));
                }
            }
            if (!refuted.isEmpty()) {
                return Optional.empty();
            }
        } catch (IllegalArgumentException e) {
            throw new HoldfastException(FailureKind.PERMANENT, "request-invalid", "reading a verification request: " + e.getMessage(),
                    "correct the request and send it again", e);
        }
        throw new HoldfastException(FailureKind.PERMANENT, "backup-missing", "no repository asked holds backup "
                + asked.backupId() + " of " + asked.database(), "list the backups of '" + asked.database() + "'");
    }

    private void work(Claim claim) {
        working.add(Thread.currentThread());
        try (ProofHeartbeat heartbeat = new ProofHeartbeat(claim.manifest(), claim.attempt(), claim.request().correlationId(),
                pulse, config.worker().heartbeat())) {
            if (inConflict(claim)) {
                return;
            }
            VerificationDocument proof = prove.prove(claim.repository(), claim.manifest(), claim.order(), heartbeat);
            LOG.info("Backup {} in {} is {} (level {})", claim.manifest().id(), claim.repository().name(),
                    proof.verification().outcome(), proof.verification().level());
            publisher.publish(Topics.EVENTS, events.of(claim.manifest(), proof, claim.request().correlationId()));
            events.alert(proof, claim.request().correlationId()).ifPresent(alert -> publisher.publish(Topics.EVENTS, alert));
            metrics.seen(claim.repository(), claim.manifest());
        } catch (HoldfastException e) {
            working.remove(Thread.currentThread());
            ended(claim, e);
        } catch (RuntimeException | Error e) {
            // A proof that ends in a bug proves nothing, and that must be seen.
            working.remove(Thread.currentThread());
            LOG.error("Proving {} failed", claim.manifest().id(), e);
            ended(claim, unforeseen(claim, e));
        } finally {
            working.remove(Thread.currentThread());
        }
    }

    /** The message of what nobody expected may hold anything, so only its type is told. */
    private static HoldfastException unforeseen(Claim claim, Throwable e) {
        String doing = "proving " + claim.manifest().id();
        return e instanceof OutOfMemoryError
                ? new HoldfastException(FailureKind.RETRIABLE, "out-of-memory", doing + " needed more memory than this process may take",
                        "give the verifier more memory (-Xmx), or fewer slots as verifier.slots", e)
                : new HoldfastException(FailureKind.BUG, "proof-failed", doing + " failed: " + e.getClass().getSimpleName(),
                        "report this with the verifier's log", e);
    }

    /** What the log says of the manifest is known once it was read to where it ended at the start. */
    private boolean inConflict(Claim claim) {
        while (!told.test(Duration.ofSeconds(1))) {
            if (Thread.currentThread().isInterrupted()) {
                throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "reading the log before proving "
                        + claim.manifest().id(), "nothing: another verifier takes it");
            }
        }
        Optional<Event<AlertRaised>> alert = conflicts.of(claim.manifest(), claim.request().correlationId());
        alert.ifPresent(event -> {
            LOG.warn("Backup {} is not proven: {} ({})", claim.manifest().id(), event.data().reason(), event.data().nextStep());
            publisher.publish(Topics.EVENTS, event);
        });
        return alert.isPresent();
    }

    /** The verifier's own trouble: the backup stays unproven, and the sweep or the supervisor asks again. */
    private void ended(Claim claim, HoldfastException failure) {
        // The interrupt has done its work; the log must still be told.
        boolean interrupted = Thread.interrupted();
        if (stopping && interrupted || failure.code().equals("interrupted")) {
            publisher.publish(Topics.EVENTS, identity.event(claim.manifest().id().toString(), claim.request().correlationId(),
                    new RunReleased(claim.manifest().alias(), claim.manifest().id().toString(), "verification", claim.attempt(),
                            "the verifier shuts down")));
            return;
        }
        alert(claim.request(), failure);
    }

    private void alert(Event<VerificationRequested> request, HoldfastException failure) {
        LOG.warn("Verifying {} of {}: {}: {} ({})", request.data().backupId(), request.data().database(), failure.code(),
                failure.getMessage(), failure.nextStep());
        publisher.publish(Topics.EVENTS, identity.event(Event.idFrom("verification-impossible", request.source(), request.id()),
                request.data().backupId(), request.correlationId(),
                new AlertRaised(request.data().database(), "verification-impossible", "warning", request.data().backupId(),
                        failure.code() + ": " + failure.getMessage(), failure.nextStep())));
    }

    /** Ends what runs, so that it is given back while the log can still be told. */
    void stop() {
        stopping = true;
        working.forEach(Thread::interrupt);
    }
}
