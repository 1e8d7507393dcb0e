package dev.holdfast.scheduler.alert;

import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.repository.BackupId;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The runs of one database: those that are open, what the newest one that ended came to, and how far schedules were served. */
final class DatabaseRuns {

    /** Runs whose end is remembered, so that an echo opens none again. */
    private static final int ENDED_REMEMBERED = 50;

    private final Map<String, OpenRun> open;
    private final Map<String, Integer> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > ENDED_REMEMBERED;
        }
    };
    private Instant firstSeen;
    private Instant begun;
    private Instant completed;
    private Failure failure;

    /** Runs that failed with no completed one after them: since when, how many, and the newest one's. */
    record Failure(Instant since, int count, Instant fireTime, String backupId, String reason, String nextStep) {
    }

    DatabaseRuns() {
        this.open = new HashMap<>();
    }

    private DatabaseRuns(DatabaseRuns other) {
        this.open = Map.copyOf(other.open);
        this.firstSeen = other.firstSeen;
        this.begun = other.begun;
        this.completed = other.completed;
        this.failure = other.failure;
    }

    DatabaseRuns copy() {
        return new DatabaseRuns(this);
    }

    void seen(Instant at) {
        firstSeen = firstSeen == null || at.isBefore(firstSeen) ? at : firstSeen;
    }

    void asked(String activity, String backupId, Instant at) {
        String id = key(activity, backupId);
        if (activity.equals(RunHistory.VERIFICATION)) {
            ended.remove(id); // a backup is proven again and again under the same id
        }
        if (!ended.containsKey(id)) {
            open.putIfAbsent(id, OpenRun.asked(activity, backupId, at));
        }
    }

    void started(String activity, String backupId, int attempt, String worker, Instant at) {
        String id = key(activity, backupId);
        if (attempt <= ended.getOrDefault(id, 0)) {
            return;
        }
        ended.remove(id);
        OpenRun run = open.getOrDefault(id, OpenRun.asked(activity, backupId, at));
        if (attempt >= run.attempt()) {
            open.put(id, run.started(attempt, worker, at));
        }
        begunWith(activity, backupId);
    }

    void waits(String activity, String runId, int attempt, String reason, Instant at, Instant notBefore) {
        String backupId = runId.replaceFirst("\\.verification$", "");
        String id = key(activity, backupId);
        OpenRun run = open.getOrDefault(id, OpenRun.asked(activity, backupId, at));
        if (!ended.containsKey(id) && attempt >= run.attempt()) {
            open.put(id, run.waits(attempt, reason, at, notBefore));
        }
        begunWith(activity, backupId);
    }

    void progressed(RunProgressed beat, Instant told, long sign) {
        open.computeIfPresent(key(beat.activity(), beat.runId().replaceFirst("\\.verification$", "")),
                (id, run) -> run.state() == OpenRun.State.STARTED && run.attempt() == beat.attempt() ? run.at(beat, told, sign) : run);
    }

    void completed(String backupId) {
        end(RunHistory.BACKUP, backupId);
        begunWith(RunHistory.BACKUP, backupId);
        fireTime(backupId).ifPresent(fired -> {
            completed = completed == null || fired.isAfter(completed) ? fired : completed;
            failure = failure == null || fired.isBefore(failure.fireTime()) ? failure : null;
        });
    }

    void failed(BackupFailed e, Instant at) {
        String id = key(RunHistory.BACKUP, e.backupId());
        OpenRun run = open.get(id);
        boolean overtaken = run != null && e.attempt() > 0 && e.attempt() < run.attempt() && run.state() == OpenRun.State.STARTED;
        if (overtaken || run == null && ended.containsKey(id)) {
            return;
        }
        end(RunHistory.BACKUP, e.backupId());
        begunWith(RunHistory.BACKUP, e.backupId());
        Instant fired = fireTime(e.backupId()).orElse(at);
        if (completed != null && completed.isAfter(fired)) {
            return; // the newer one has made up for it
        }
        boolean newest = failure == null || !fired.isBefore(failure.fireTime());
        String reason = e.code() + ": " + e.reason();
        failure = new Failure(failure == null ? at : failure.since(), failure == null ? 1 : failure.count() + 1,
                newest ? fired : failure.fireTime(), newest ? e.backupId() : failure.backupId(),
                newest ? reason : failure.reason(), newest ? e.nextStep() : failure.nextStep());
    }

    void cancelled(String activity, String runId) {
        String backupId = runId.replaceFirst("\\.verification$", "");
        end(activity, backupId);
        begunWith(activity, backupId);
    }

    void proven(String backupId) {
        end(RunHistory.VERIFICATION, backupId);
    }

    private void end(String activity, String backupId) {
        String id = key(activity, backupId);
        OpenRun run = open.remove(id);
        ended.merge(id, run == null ? 1 : Math.max(1, run.attempt()), Math::max);
    }

    private void begunWith(String activity, String backupId) {
        if (activity.equals(RunHistory.BACKUP)) {
            fireTime(backupId).filter(fired -> begun == null || fired.isAfter(begun)).ifPresent(fired -> begun = fired);
        }
    }

    private static Optional<Instant> fireTime(String backupId) {
        try {
            return Optional.of(BackupId.parse(backupId).fireTime());
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a request of an older or foreign program: its run is watched, its time is not known
        }
    }

    private static String key(String activity, String backupId) {
        return activity + "/" + backupId;
    }

    List<OpenRun> open() {
        return List.copyOf(open.values());
    }

    /** The time of the oldest event about it that the log holds. */
    Optional<Instant> firstSeen() {
        return Optional.ofNullable(firstSeen);
    }

    /** The newest fire time for which somebody took a run on, whatever came of it. */
    Optional<Instant> begun() {
        return Optional.ofNullable(begun);
    }

    Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }
}
