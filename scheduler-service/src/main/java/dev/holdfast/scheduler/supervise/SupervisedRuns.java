package dev.holdfast.scheduler.supervise;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.service.messaging.LogPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Every run that the log tells of, folded in the log's order, and the pulse. Of runs that ended only the newest are kept,
 * since their late echoes must open nothing. Bears every event twice.
 */
public final class SupervisedRuns {

    /** Ended runs that are remembered; an echo of an older one would be a week late. */
    private static final int ENDED_REMEMBERED = 100_000;
    private static final String VERIFICATION_SUFFIX = ".verification";

    private final LeaseClock clock;
    private final Map<RunKey, SupervisedRun> open = new LinkedHashMap<>();
    private final Map<RunKey, SupervisedRun> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RunKey, SupervisedRun> eldest) {
            return size() > ENDED_REMEMBERED;
        }
    };

    /** For whoever only looks. */
    public SupervisedRuns() {
        this.clock = new LeaseClock();
    }

    /** @param lease how long a run may be silent */
    public SupervisedRuns(Duration lease) {
        this.clock = new LeaseClock(lease);
    }

    /** Folds one event of the log in. */
    public synchronized void apply(Event<? extends Payload> event, Instant appended) {
        long now = clock.elapsed();
        switch (event.data()) {
            case BackupAccepted e -> change(RunKey.backup(e.database(), e.backupId()),
                    run -> run.accepted(e.request(), e.requester(), null, event.correlationId(), now));
            case BackupStarted e -> change(RunKey.backup(e.database(), e.backupId()),
                    run -> run.started(e.attempt(), e.nonce(), e.worker(), event.correlationId(), now));
            case BackupCompleted e -> change(RunKey.backup(e.database(), e.backupId()), run -> run.ended("completed"));
            case BackupFailed e when e.backupId() != null ->
                    change(RunKey.backup(e.database(), e.backupId()), run -> run.failed(e.attempt()));
            case VerificationAccepted e -> change(accepted(event, e),
                    run -> run.accepted(e.request(), e.requester(), e.level(), event.correlationId(), now));
            case VerificationStarted e -> change(held(event, e.database(), e.backupId(), e.repository()),
                    run -> run.started(e.attempt(), e.nonce(), e.verifier(), event.correlationId(), now));
            case BackupVerified e -> proven(event, e.backupId(), e.repository(), "verified");
            case BackupUnproven e -> proven(event, e.backupId(), e.repository(), "unproven");
            case BackupRefuted e -> proven(event, e.backupId(), e.repository(), "refuted");
            case RunDeferred e -> change(runOf(event, e.activity(), e.database(), e.runId(), e.repository()),
                    run -> run.givenBack(e.attempt(), e.nonce(), e.failures(), e.notBefore() == null ? appended : e.notBefore(), now));
            case RunReleased e -> change(runOf(event, e.activity(), e.database(), e.runId(), e.repository()),
                    run -> run.givenBack(e.attempt(), e.nonce(), e.failures(), appended, now));
            case RunCancelling e -> change(runOf(event, e.activity(), e.database(), e.runId(), e.repository()),
                    run -> run.cancelling(new SupervisedRun.Wish(e.requester(), e.reason())));
            case RunCancelled e -> change(runOf(event, e.activity(), e.database(), e.runId(), e.repository()),
                    run -> run.cancelled(e.attempt(), e.nonce(), new SupervisedRun.Wish(e.requester(), e.reason())));
            case AlertRaised e when WITHOUT_VERDICT.contains(e.alert()) && e.about() != null ->
                    impossible(e.database(), e.about(), event.correlationId());
            default -> { }
        }
    }

    /** The verifier's own trouble ended a verification without a verdict. */
    static final String VERIFICATION_IMPOSSIBLE = "verification-impossible";

    /** What ends a verification that nobody can prove: that trouble, and manifests of which nobody knows the right one. */
    private static final Set<String> WITHOUT_VERDICT = Set.of(VERIFICATION_IMPOSSIBLE, "manifest-conflict");

    /** Whether an alert says that a verification ended without a verdict. */
    public static boolean endsVerification(AlertRaised alert) {
        return alert.about() != null && WITHOUT_VERDICT.contains(alert.alert());
    }

    /** Folds one beat in. */
    public synchronized void beat(Event<? extends Payload> event, LogPosition position) {
        clock.advance(position);
        if (event.data() instanceof RunProgressed e) {
            SupervisedRun run = open.get(runOf(event, e.activity(), e.database(), e.runId(), e.repository()));
            if (run != null) {
                run.beat(e.attempt(), e.nonce(), clock.elapsed());
            }
        }
    }

    LeaseClock clock() {
        return clock;
    }

    /** The newest time on the broker that the pulse told; empty before its first record. */
    public Optional<Instant> brokerTime() {
        return Optional.ofNullable(clock.brokerTime());
    }

    /** Does something with every run that is not over, or was cancelled and is held all the same. */
    synchronized void each(Consumer<SupervisedRun> action) {
        new ArrayList<>(open.values()).forEach(action);
    }

    /** Asks or changes something of one run, nothing where it is not known. */
    synchronized void with(RunKey key, Consumer<SupervisedRun> action) {
        SupervisedRun run = open.getOrDefault(key, ended.get(key));
        if (run != null) {
            action.accept(run);
            file(run);
        }
    }

    /**
     * The runs that somebody means by an id: a backup's, or with {@code .verification} behind it those of its proofs, one for
     * each copy that is or was proven. Empty where the log tells of none.
     */
    public synchronized List<FoundRun> find(String runId) {
        boolean proof = runId.endsWith(VERIFICATION_SUFFIX);
        String backupId = proof ? runId.substring(0, runId.length() - VERIFICATION_SUFFIX.length()) : runId;
        List<FoundRun> found = new ArrayList<>();
        for (Map<RunKey, SupervisedRun> known : List.of(open, ended)) {
            known.values().stream().filter(run -> run.key().backupId().equals(backupId) && run.key().isBackup() != proof)
                    .map(FoundRun::of).forEach(found::add);
        }
        return found;
    }

    /**
     * The request of a run once more, for another try of somebody else: the same backup, no failures so far.
     *
     * @param deadline null where the run's kind has none
     * @return empty where the log does not say what was asked for
     */
    public synchronized Optional<Event<? extends Payload>> again(RunKey key, String requester, String reason, Instant deadline) {
        return Optional.ofNullable(open.getOrDefault(key, ended.get(key))).filter(run -> run.request().isPresent())
                .map(run -> SuperviseRuns.request(run, run.attempt() + 1, 0, requester, reason, deadline));
    }

    /** Runs that are not over. */
    public synchronized int size() {
        return open.size();
    }

    private static String asked(VerificationAccepted e) {
        return e.request() == null ? null : e.request().repository();
    }

    private static RunKey verification(String database, String backupId, String repository) {
        return RunKey.of(RunKey.VERIFICATION, database, backupId, repository);
    }

    /**
     * A request that leaves the repository open is held under the one that the verifier chose. Beside it another request may
     * name that very repository: the correlation, which each request has of its own, tells which of both is meant.
     */
    private RunKey held(Event<? extends Payload> event, String database, String backupId, String repository) {
        RunKey exact = verification(database, backupId, repository);
        RunKey anyOf = verification(database, backupId, null);
        SupervisedRun open = this.open.get(anyOf);
        boolean meant = open != null && (Objects.equals(open.correlationId(), event.correlationId())
                || open.correlationId() == null && !this.open.containsKey(exact));
        return meant ? anyOf : exact;
    }

    /** Where the start was told first, the run is already known by the repository that the verifier chose. */
    private RunKey accepted(Event<? extends Payload> event, VerificationAccepted e) {
        RunKey asked = verification(e.database(), e.backupId(), asked(e));
        if (!asked.repository().isEmpty() || open.containsKey(asked)) {
            return asked;
        }
        return Stream.of(open, ended).flatMap(known -> known.values().stream())
                .filter(run -> !run.key().isBackup() && run.key().database().equals(e.database())
                        && run.key().backupId().equals(e.backupId()) && Objects.equals(run.correlationId(), event.correlationId()))
                .map(SupervisedRun::key).findFirst().orElse(asked);
    }

    private RunKey runOf(Event<? extends Payload> event, String activity, String database, String runId, String repository) {
        return activity.equals(RunKey.BACKUP) ? RunKey.backup(database, runId)
                : held(event, database, runId.replaceFirst("\\.verification$", ""), repository);
    }

    private void proven(Event<? extends Payload> event, String backupId, String repository, String outcome) {
        change(held(event, event.data().database(), backupId, repository), run -> run.ended(outcome));
    }

    private void impossible(String database, String backupId, String correlationId) {
        List<RunKey> keys = open.values().stream().filter(run -> !run.key().isBackup() && run.key().database().equals(database)
                && run.key().backupId().equals(backupId) && correlationId.equals(run.correlationId()))
                .map(SupervisedRun::key).toList();
        keys.forEach(key -> change(key, run -> run.ended("impossible")));
    }

    private void change(RunKey key, Consumer<SupervisedRun> change) {
        SupervisedRun run = open.getOrDefault(key, ended.get(key));
        if (run == null) {
            run = new SupervisedRun(key);
        }
        change.accept(run);
        file(run);
    }

    private void file(SupervisedRun run) {
        boolean over = run.state() == SupervisedRun.State.ENDED && run.claims().isEmpty();
        (over ? open : ended).remove(run.key());
        (over ? ended : open).put(run.key(), run);
    }
}
