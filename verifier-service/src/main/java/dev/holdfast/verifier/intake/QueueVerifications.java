package dev.holdfast.verifier.intake;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.CorruptObjectException;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.RepositoryException;
import dev.holdfast.repository.store.StoreException;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventHandler;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.verifier.intake.DueVerifications.Due;
import dev.holdfast.verifier.prove.LatestVerified;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues what the policies want proven: on {@code backup.completed}, and by a sweep of the repositories, so that a lost
 * event or a backup made without Kafka is proven too. A request's id is a function of the backup's digest, its
 * repository and the number of earlier attempts, so that both ways ask for the same thing once.
 */
public final class QueueVerifications implements EventHandler {

    private static final Logger LOG = LoggerFactory.getLogger(QueueVerifications.class);
    private static final Duration ASK_AGAIN = Duration.ofDays(1);
    /** A request that nobody has begun by then is asked for again; where the first one only waited, the second finds its proof. */
    private static final Duration BEGUN_WITHIN = Duration.ofMinutes(45);
    /** What the log told before a request was made is not about it; the broker's clock may be behind. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);
    /** The requester of what this class asks for. */
    public static final String REQUESTER = "verifier-service";

    private final HoldfastConfig config;
    private final Repositories repositories;
    private final DueVerifications due;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;
    private final ManifestConflicts conflicts;
    private final BiConsumer<Repository, ManifestDocument> seen;
    private final Clock clock;
    private final Map<String, Instant> told = new ConcurrentHashMap<>();
    private final Map<String, Asked> asked = new ConcurrentHashMap<>();

    /** A request that is on its way, or at work. */
    private record Asked(VerificationRequested request, Instant at, boolean begun) {

        boolean isOf(VerificationStarted started) {
            return request.database().equals(started.database()) && request.backupId().equals(started.backupId())
                    && request.repository().equals(started.repository());
        }
    }

    /** @param seen told of every copy that is looked at, whether it is due or not */
    public QueueVerifications(HoldfastConfig config, Repositories repositories, EventPublisher publisher,
            ServiceIdentity identity, ManifestConflicts conflicts, BiConsumer<Repository, ManifestDocument> seen, Clock clock) {
        this.config = config;
        this.repositories = repositories;
        this.due = new DueVerifications(clock);
        this.publisher = publisher;
        this.identity = identity;
        this.conflicts = conflicts;
        this.seen = seen;
        this.clock = clock;
    }

    @Override
    public void handle(Event<? extends Payload> event, LogPosition position) {
        conflicts.handle(event, position);
        if (event.data() instanceof BackupCompleted completed && config.databases().containsKey(completed.database())) {
            HoldfastConfig.Database database = config.databases().get(completed.database());
            BackupId id = BackupId.parse(completed.backupId());
            completed.copies().stream().map(BackupCompleted.Copy::repository).filter(repositories.all()::containsKey)
                    .forEach(name -> lookOrLeave(repositories.get(name), database, id, event.correlationId()));
        }
    }

    /**
     * Hears all of the log, also what other instances are assigned: the sweep asks again at once for what was put aside or
     * given back, and sooner for what nobody began than for what somebody works at or could not do.
     */
    public void heard(Event<? extends Payload> event, LogPosition position) {
        Instant told = position.appended().plus(CLOCKS_DIFFER);
        if (event.data() instanceof VerificationStarted started) {
            begun(one -> one.isOf(started) && told.isAfter(one.at()));
        } else if (event.data() instanceof AlertRaised alert && alert.alert().equals("verification-impossible")) {
            begun(one -> one.request().backupId().equals(alert.about()) && told.isAfter(one.at()));
        } else if (event.data() instanceof RunReleased released && released.activity().equals("verification")) {
            asked.values().removeIf(one -> one.request().backupId().equals(released.runId()) && told.isAfter(one.at()));
        } else if (event.data() instanceof AlertRaised alert && alert.alert().equals("dead-letter")
                && alert.about().startsWith(Topics.VERIFICATION_REQUESTS + "-")) {
            asked.values().removeIf(one -> !one.begun() && one.request().database().equals(alert.database()) && told.isAfter(one.at()));
        }
    }

    private void begun(Predicate<Asked> which) {
        asked.replaceAll((id, one) -> which.test(one) ? new Asked(one.request(), one.at(), true) : one);
    }

    /** A repository that can't be reached must not hold up what the log says of other databases: the sweep looks again. */
    private void lookOrLeave(Repository repository, HoldfastConfig.Database database, BackupId id, String correlationId) {
        try {
            look(repository, database, id, correlationId);
        } catch (StoreException | RepositoryException e) {
            LOG.warn("Looking whether {} is to be proven is left to the sweep: {} ({})", id, e.getMessage(), e.nextStep());
        }
    }

    /** Looks into every repository once. One that can't be reached is logged and looked at again next time. */
    public void sweep() {
        for (HoldfastConfig.Database database : config.databases().values()) {
            for (String name : database.repositories()) {
                try {
                    sweep(repositories.get(name), database);
                } catch (HoldfastException e) {
                    LOG.warn("Sweeping {} for unproven backups of {}: {} ({})", name, database.alias(), e.getMessage(), e.nextStep());
                }
            }
        }
    }

    private void sweep(Repository repository, HoldfastConfig.Database database) {
        if (!repository.exists()) {
            return;
        }
        List<BackupId> candidates = due.candidates(repository, database.alias(), database.verify().every());
        // Oldest first, so that the newest is what the queue proves last and the latest link points to.
        for (BackupId id : candidates.reversed()) {
            look(repository, database, id, null);
        }
        new LatestVerified(repository, database.verify().level()).update(database.alias());
    }

    private void look(Repository repository, HoldfastConfig.Database database, BackupId id, String correlationId) {
        if (database.verify().every().equals("never")) {
            return;
        }
        Optional<ManifestDocument> manifest = UnreadableManifest.find(repository, database.alias(), id,
                unreadable -> refute(repository, database.alias(), id, unreadable));
        try {
            if (manifest.isEmpty() || inConflict(manifest.get(), correlationId)) {
                return;
            }
            seen.accept(repository, manifest.get());
            due.one(repository, manifest.get(), database.verify()).ifPresent(found -> queue(repository, database, found, correlationId));
        } catch (CorruptObjectException e) {
            LOG.warn("Looking whether {} is proven: {} ({})", id, e.getMessage(), e.nextStep());
        }
    }

    private boolean inConflict(ManifestDocument manifest, String correlationId) {
        Optional<Event<AlertRaised>> alert = conflicts.of(manifest, correlationId);
        alert.filter(event -> isNew(event.id())).ifPresent(event -> {
            publisher.publish(Topics.EVENTS, event);
            told.put(event.id(), clock.instant());
        });
        return alert.isPresent();
    }

    private void queue(Repository repository, HoldfastConfig.Database database, Due found, String correlationId) {
        String id = Event.idFrom("verification.requested", database.alias(), found.manifest().sha256(), repository.name(),
                Integer.toString(found.earlier()));
        if (!isUnderWay(id)) {
            VerificationRequested request = new VerificationRequested(database.alias(), found.manifest().id().toString(),
                    repository.name(), database.verify().level(), REQUESTER, "policy: " + database.verify().every(), 1);
            // Before it is out, so that whoever begins it at once is heard.
            asked.put(id, new Asked(request, clock.instant(), false));
            try {
                publisher.publish(Topics.VERIFICATION_REQUESTS, identity.event(id, request.backupId(),
                        correlationId == null ? id : correlationId, request));
            } catch (HoldfastException e) {
                asked.remove(id);
                throw e;
            }
        }
    }

    private boolean isUnderWay(String id) {
        Asked before = asked.get(id);
        return before != null && before.at().isAfter(clock.instant().minus(before.begun() ? ASK_AGAIN : BEGUN_WITHIN));
    }

    private void refute(Repository repository, String alias, BackupId id, UnreadableManifest unreadable) {
        String event = Event.idFrom("backup.refuted", alias, id.toString(), repository.name(), "manifest");
        if (isNew(event)) {
            publisher.publish(Topics.EVENTS, unreadable.event(event, event, identity, repository, alias, id));
            publisher.publish(Topics.EVENTS, unreadable.alert(event, identity, repository, alias, id));
            told.put(event, clock.instant());
        }
    }

    private boolean isNew(String id) {
        Instant before = told.get(id);
        return before == null || before.isBefore(clock.instant().minus(ASK_AGAIN));
    }
}
