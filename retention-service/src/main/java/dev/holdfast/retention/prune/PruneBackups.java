package dev.holdfast.retention.prune;

import dev.holdfast.events.BackupExpired;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.Expired;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.RepositoryException;
import dev.holdfast.repository.Tombstone;
import dev.holdfast.retention.plan.Candidate;
import dev.holdfast.retention.plan.Decision;
import dev.holdfast.retention.plan.KeepRules;
import dev.holdfast.retention.plan.Plan;
import dev.holdfast.retention.plan.Standing;
import dev.holdfast.retention.prune.Standings.Stands;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans and deletes, database by database and repository by repository; needs no Kafka. What one repository can't do is
 * a failure of its outcome only. Whether a backup is verified is read from the repository, never from events.
 */
public final class PruneBackups {

    private static final Logger LOG = LoggerFactory.getLogger(PruneBackups.class);
    /** A writer that lives writes more often, however slow its source is. */
    private static final Duration ABANDONED_AFTER = Duration.ofDays(1);

    /** Nothing is deleted, whatever the plan says. */
    private static final Predicate<String> ONLY_SAID = database -> true;

    private final Map<String, Repository> repositories;
    private final Clock clock;

    /** @param repositories by name; those that the databases name must be among them */
    public PruneBackups(Map<String, Repository> repositories, Clock clock) {
        this.repositories = Map.copyOf(repositories);
        this.clock = clock;
    }

    /** Says what {@link #run} would do now, and writes nothing. */
    public List<PruneOutcome> dryRun(Collection<HoldfastConfig.Database> databases) {
        return outcomes(databases, new HashMap<>(), ONLY_SAID, expired -> { });
    }

    /**
     * Finishes deletions that were begun, removes temporary files that killed writers left, then plans and deletes. A tombstone beside a manifest is obeyed only where the plan
     * deletes that backup; otherwise it is left and a failure, code {@code tombstone-refused}.
     *
     * @param paused  asked before each deletion, by alias: of these databases nothing is deleted, and of null whether
     *                everything is paused, temporary files included
     * @param deleted is told right after each deletion, and again of none
     */
    public List<PruneOutcome> run(Collection<HoldfastConfig.Database> databases, Predicate<String> paused, Consumer<BackupExpired> deleted) {
        Map<String, Condemned> condemned = new HashMap<>();
        List<PruneOutcome> all = new ArrayList<>();
        if (paused.test(null)) {
            return List.of();
        }
        repositories.values().forEach(repository -> all.addAll(resume(repository, planned(databases, repository), condemned, paused, deleted)));
        all.addAll(outcomes(databases, condemned, paused, deleted));
        return List.copyOf(all);
    }

    private static Set<String> planned(Collection<HoldfastConfig.Database> databases, Repository repository) {
        return databases.stream().filter(database -> database.repositories().contains(repository.name()))
                .map(HoldfastConfig.Database::alias).collect(Collectors.toSet());
    }

    /** Finishes what was begun, also of databases that are no longer configured; where a manifest stands, a plan decides. */
    private List<PruneOutcome> resume(Repository repository, Set<String> planned, Map<String, Condemned> known,
            Predicate<String> paused, Consumer<BackupExpired> deleted) {
        List<PruneOutcome> outcomes = new ArrayList<>();
        try {
            if (repository.exists()) {
                Condemned condemned = Condemned.in(repository);
                known.put(repository.name(), condemned);
                condemned.pastManifest().stream().filter(tombstone -> !paused.test(tombstone.database()))
                        .forEach(tombstone -> outcomes.add(resume(repository, tombstone, deleted)));
                condemned.without(planned).forEach((alias, refused) -> outcomes.add(
                        new PruneOutcome(alias, null, repository.name(), Optional.empty(), List.of(), refused)));
                removeAbandonedUploads(repository);
            }
        } catch (HoldfastException e) {
            outcomes.add(new PruneOutcome(null, null, repository.name(), Optional.empty(), List.of(), List.of(e)));
        }
        return outcomes;
    }

    private void removeAbandonedUploads(Repository repository) {
        int removed = repository.expirer().removeAbandonedUploads(clock.instant().minus(ABANDONED_AFTER));
        if (removed > 0) {
            LOG.info("removed {} temporary files of writers that are gone from {}", removed, repository);
        }
    }

    private PruneOutcome resume(Repository repository, Tombstone tombstone, Consumer<BackupExpired> deleted) {
        BackupId id = BackupId.parse(tombstone.backupId());
        try {
            BackupExpired event = event(repository, repository.expirer().finish(tombstone), tombstone.reason());
            deleted.accept(event);
            return new PruneOutcome(tombstone.database(), id.kind(), repository.name(), Optional.empty(), List.of(event), List.of());
        } catch (HoldfastException e) {
            return new PruneOutcome(tombstone.database(), id.kind(), repository.name(), Optional.empty(), List.of(), List.of(e));
        }
    }

    private List<PruneOutcome> outcomes(Collection<HoldfastConfig.Database> databases, Map<String, Condemned> condemned,
            Predicate<String> paused, Consumer<BackupExpired> deleted) {
        List<PruneOutcome> outcomes = new ArrayList<>();
        for (HoldfastConfig.Database database : databases) {
            for (String name : database.repositories()) {
                outcomes.addAll(outcomes(database, repository(name), condemned, paused, deleted));
            }
        }
        return outcomes;
    }

    private List<PruneOutcome> outcomes(HoldfastConfig.Database database, Repository repository, Map<String, Condemned> known,
            Predicate<String> paused, Consumer<BackupExpired> deleted) {
        List<HoldfastException> unreadable = new ArrayList<>();
        try {
            if (!repository.exists()) {
                return List.of();
            }
            Condemned condemned = known.computeIfAbsent(repository.name(), name -> Condemned.in(repository));
            unreadable.addAll(condemned.invalid(database.alias()));
            Standings standings = new Standings(repository, database.alias(), database.verify().level());
            Map<String, List<Stands>> byKind = standings.read(unreadable).stream()
                    .collect(Collectors.groupingBy(Stands::kind, TreeMap::new, Collectors.toList()));
            List<PruneOutcome> outcomes = new ArrayList<>();
            byKind.forEach((kind, backups) -> {
                Condemned.Judged judged = condemned.judge(database.alias(), rules(database), backups, clock.instant());
                Deletion deletion = new Deletion(repository, standings, judged, backups);
                outcomes.add(deletion.outcome(database.alias(), kind, unreadable, paused, deleted));
            });
            return byKind.isEmpty() && !unreadable.isEmpty() ? List.of(new PruneOutcome(database.alias(), null, repository.name(),
                    Optional.empty(), List.of(), unreadable)) : outcomes;
        } catch (HoldfastException e) {
            return List.of(new PruneOutcome(database.alias(), null, repository.name(), Optional.empty(), List.of(), List.of(e)));
        }
    }

    private Repository repository(String name) {
        Repository repository = repositories.get(name);
        if (repository == null) {
            throw new IllegalArgumentException("no repository is called '" + name + "'; there are " + repositories.keySet());
        }
        return repository;
    }

    private static KeepRules rules(HoldfastConfig.Database database) {
        HoldfastConfig.Keep keep = database.keep();
        return new KeepRules(keep.age(), keep.last(), keep.daily(), keep.weekly(), keep.monthly(), keep.yearly(),
                keep.keepVerified(), database.zone());
    }

    private static BackupExpired event(Repository repository, Expired expired, String rule) {
        return new BackupExpired(expired.alias(), expired.id().kind(), expired.id().toString(), repository.name(), rule,
                expired.bytes());
    }

    /** Carries out one plan. */
    private final class Deletion {

        private final Repository repository;
        private final Standings standings;
        private final Plan plan;
        private final Condemned.Judged judged;
        private final Map<String, Stands> planned;

        Deletion(Repository repository, Standings standings, Condemned.Judged judged, List<Stands> planned) {
            this.repository = repository;
            this.standings = standings;
            this.plan = judged.plan();
            this.judged = judged;
            this.planned = planned.stream().collect(Collectors.toMap(stands -> stands.candidate().backupId(), stands -> stands));
        }

        PruneOutcome outcome(String alias, String kind, List<HoldfastException> unreadable, Predicate<String> paused,
                Consumer<BackupExpired> deleted) {
            List<HoldfastException> failures = new ArrayList<>(unreadable);
            failures.addAll(judged.refused());
            List<BackupExpired> expired = new ArrayList<>();
            try {
                for (Decision decision : plan.deletions()) {
                    if (paused.test(alias)) {
                        break;
                    }
                    if (judged.untouchable().contains(decision.backup().backupId())) {
                        continue;
                    }
                    expire(decision).ifPresent(event -> {
                        expired.add(event);
                        deleted.accept(event);
                    });
                }
            } catch (HoldfastException e) {
                failures.add(e);
            }
            return new PruneOutcome(alias, kind, repository.name(), Optional.of(plan), expired, failures);
        }

        private Optional<BackupExpired> expire(Decision decision) {
            for (Candidate kept : plan.floor()) {
                if (standings.visible(kept).filter(now -> now.candidate().standing() == Standing.VERIFIED).isEmpty()) {
                    throw changed(kept, "is no longer there and verified, so fewer than the promised number would be left");
                }
            }
            Optional<Stands> now = standings.again(decision.backup());
            if (now.isEmpty()) {
                return Optional.empty();
            }
            Stands then = planned.get(decision.backup().backupId());
            if (!now.get().candidate().equals(decision.backup()) || !sha256(now.get()).equals(sha256(then))) {
                throw changed(decision.backup(), "is not what it was when its deletion was planned");
            }
            return delete(now.get().manifest().orElseThrow(), String.join("; ", decision.reasons()));
        }

        /** Empty where another instance was faster: it tells of the deletion. */
        private Optional<BackupExpired> delete(ManifestDocument manifest, String reason) {
            try {
                return Optional.of(event(repository, repository.expirer().expire(manifest, reason, clock), reason));
            } catch (RepositoryException e) {
                if (e.code().equals("already-expired")) {
                    return Optional.empty();
                }
                throw e;
            }
        }

        private Optional<String> sha256(Stands stands) {
            return stands.manifest().map(manifest -> manifest.sha256());
        }

        private HoldfastException changed(Candidate backup, String what) {
            return new HoldfastException(FailureKind.RETRIABLE, "plan-outdated", "pruning " + repository + ": the backup "
                    + backup.backupId() + " " + what, "nothing: the next run plans anew; if it persists, look into the backup");
        }
    }
}
