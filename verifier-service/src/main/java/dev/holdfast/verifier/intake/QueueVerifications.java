package dev.holdfast.verifier.intake;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.CorruptObjectException;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.ProofResult;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.RepositoryException;
import dev.holdfast.repository.store.StoreException;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventHandler;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.verifier.prove.LatestVerified;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues what the policies want proven: on {@code backup.completed}, and by a sweep of the repositories, so that a lost
 * event or a backup made without Kafka is proven too. A request's id is a function of the backup's digest, its
 * repository and the number of earlier attempts, so that both ways ask for the same thing once.
 */
public final class QueueVerifications implements EventHandler {

    private static final Logger LOG = LoggerFactory.getLogger(QueueVerifications.class);
    private static final Duration TELL_AGAIN = Duration.ofDays(1);
    /** So many proofs may wait for each slot before the aged ones do: what is new goes first. */
    private static final int AHEAD_PER_SLOT = 2;
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
    private final UnderWay underWay;
    private final AgedProofs aged;
    /** What the last sweep found to be proven again, newest backup first. */
    private final Deque<Reproof> reproofs = new ArrayDeque<>();

    private record Reproof(String id, VerificationRequested request, Instant snapshotTime) {
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
        this.underWay = new UnderWay(clock);
        this.aged = new AgedProofs(clock);
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

    /** Hears all of the log, also what other instances are assigned, so that nobody's work is asked for twice. */
    public void heard(Event<? extends Payload> event, LogPosition position) {
        underWay.heard(event, position);
    }

    /** A repository that can't be reached must not hold up what the log says of other databases: the sweep looks again. */
    private void lookOrLeave(Repository repository, HoldfastConfig.Database database, BackupId id, String correlationId) {
        try {
            look(repository, database, id, correlationId).ifPresent(copy -> due(repository, database, copy, correlationId));
        } catch (StoreException | RepositoryException e) {
            LOG.warn("Looking whether {} is to be proven is left to the sweep: {} ({})", id, e.getMessage(), e.nextStep());
        }
    }

    /** Looks into every repository once. One that can't be reached is logged and looked at again next time. */
    public synchronized void sweep() {
        List<Reproof> found = new ArrayList<>();
        for (HoldfastConfig.Database database : config.databases().values()) {
            for (String name : database.repositories()) {
                try {
                    sweep(repositories.get(name), database, found);
                } catch (HoldfastException e) {
                    LOG.warn("Sweeping {} for unproven backups of {}: {} ({})", name, database.alias(), e.getMessage(), e.nextStep());
                }
            }
        }
        reproofs.clear();
        found.stream().sorted(Comparator.comparing(Reproof::snapshotTime).reversed()).forEach(reproofs::add);
        reprove();
    }

    private void sweep(Repository repository, HoldfastConfig.Database database, List<Reproof> found) {
        if (!repository.exists()) {
            return;
        }
        HoldfastConfig.Verify policy = database.verify();
        Set<BackupId> candidates = Set.copyOf(due.candidates(repository, database.alias(), policy.every()));
        List<AgedProofs.Copy> copies = new ArrayList<>();
        // Oldest first, so that the newest is what the queue proves last and the latest link points to.
        for (BackupId id : looksAtAll(policy) ? repository.reader().backups(database.alias()).reversed() : List.copyOf(candidates)) {
            look(repository, database, id, null).ifPresent(copy -> {
                copies.add(copy);
                if (candidates.contains(id)) {
                    due(repository, database, copy, null);
                }
            });
        }
        if (looksAtAll(policy)) {
            aged.of(repository.name(), copies, policy).forEach(one -> found.add(reproof(repository, one)));
        }
        new LatestVerified(repository, policy.level()).update(database.alias());
    }

    private static boolean looksAtAll(HoldfastConfig.Verify policy) {
        return !policy.every().equals("never") && (policy.every().equals("every") || policy.reverify().each().isPresent()
                || policy.reverify().newest().isPresent());
    }

    /**
     * Asks for aged proofs to be made anew, as far as the queue has room: a repository full of old backups must not keep a
     * new one waiting, nor the verifiers busy with what they can't do in time. To be called now and then between sweeps.
     *
     * @throws HoldfastException code {@code broker-unreachable}; what was not asked for is asked for next time
     */
    public synchronized void reprove() {
        while (!reproofs.isEmpty() && underWay.open() < (long) AHEAD_PER_SLOT * config.verifier().slots()) {
            Reproof next = reproofs.getFirst();
            ask(next.id(), next.request(), null);
            reproofs.removeFirst();
        }
    }

    private static Reproof reproof(Repository repository, AgedProofs.Aged due) {
        ManifestDocument manifest = due.copy().manifest();
        String reason = due.last().map(last -> "reverify: last proven " + last.truncatedTo(ChronoUnit.SECONDS))
                .orElse("reverify: never proven at level " + due.level());
        return new Reproof(requestId(manifest, repository.name(), due.copy().results().size()),
                request(manifest, repository, due.level(), reason), manifest.manifest().snapshotTime());
    }

    private static VerificationRequested request(ManifestDocument manifest, Repository repository, String level, String reason) {
        return new VerificationRequested(manifest.alias(), manifest.id().toString(), repository.name(), level, REQUESTER, reason, 1);
    }

    /** The copy, or empty where it can't be judged, which was told. */
    private Optional<AgedProofs.Copy> look(Repository repository, HoldfastConfig.Database database, BackupId id, String correlationId) {
        if (database.verify().every().equals("never")) {
            return Optional.empty();
        }
        Optional<ManifestDocument> manifest = UnreadableManifest.find(repository, database.alias(), id,
                unreadable -> refute(repository, database.alias(), id, unreadable));
        try {
            if (manifest.isEmpty() || inConflict(manifest.get(), correlationId)) {
                return Optional.empty();
            }
            seen.accept(repository, manifest.get());
            return Optional.of(new AgedProofs.Copy(manifest.get(), repository.verifications().of(manifest.get()).stream()
                    .map(result -> ProofResult.of(result.verification())).toList()));
        } catch (CorruptObjectException e) {
            LOG.warn("Looking whether {} is proven: {} ({})", id, e.getMessage(), e.nextStep());
            return Optional.empty();
        }
    }

    private void due(Repository repository, HoldfastConfig.Database database, AgedProofs.Copy copy, String correlationId) {
        due.one(repository, copy.manifest(), copy.results(), database.verify()).ifPresent(found ->
                ask(requestId(found.manifest(), repository.name(), found.earlier()), request(found.manifest(), repository,
                        database.verify().level(), "policy: " + database.verify().every()), correlationId));
    }

    private boolean inConflict(ManifestDocument manifest, String correlationId) {
        Optional<Event<AlertRaised>> alert = conflicts.of(manifest, correlationId);
        alert.filter(event -> isNew(event.id())).ifPresent(event -> {
            publisher.publish(Topics.EVENTS, event);
            told.put(event.id(), clock.instant());
        });
        return alert.isPresent();
    }

    /**
     * The id under which a copy's next proof is asked for. Each result makes another one of it, so a request whose id is not
     * this one any more is done.
     *
     * @param earlier how many results there are
     */
    public static String requestId(ManifestDocument manifest, String repository, int earlier) {
        return Event.idFrom("verification.requested", manifest.alias(), manifest.sha256(), repository, Integer.toString(earlier));
    }

    private void ask(String id, VerificationRequested request, String correlationId) {
        if (underWay.isUnderWay(id)) {
            return;
        }
        // Before it is out, so that whoever begins it at once is heard.
        underWay.asked(id, request);
        try {
            publisher.publish(Topics.VERIFICATION_REQUESTS, identity.event(id, request.backupId(),
                    correlationId == null ? id : correlationId, request));
        } catch (HoldfastException e) {
            underWay.notAsked(id);
            throw e;
        }
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
        return before == null || before.isBefore(clock.instant().minus(TELL_AGAIN));
    }
}
