package dev.holdfast.scheduler.alert;

import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.repository.BackupId;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The runs of one database: those that are open, what the newest one that ended came to, and how far schedules were served. */
final class DatabaseRuns {

    /** Runs whose end is remembered, so that an echo opens none again. */
    private static final int ENDED_REMEMBERED = 50;

    private final Map<String, OpenRun> open;
    private final Map<String, Ended> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Ended> eldest) {
            return size() > ENDED_REMEMBERED;
        }
    };
    private Instant firstSeen;
    private Instant begun;
    private Instant completed;
    private Failure failure;

    /** Up to which attempt of which request a run is over. */
    private record Ended(OpenRun.Which which, int attempt) {
    }

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

    /** A copy is proven again and again under the same id, by other requests. */
    void asked(OpenRun.Which which, int attempt, Instant at) {
        if (!isOver(which, attempt)) {
            reopened(which);
            boolean known = open.containsKey(which.key()) || open.values().stream().anyMatch(run -> run.which().mayBe(which)); // its start was told first
            if (!known) {
                open.put(which.key(), OpenRun.asked(which, at));
            }
        }
    }

    void started(OpenRun.Which which, int attempt, String worker, Instant at) {
        if (isOver(which, attempt)) {
            return;
        }
        String id = held(which);
        reopened(which);
        OpenRun run = open.getOrDefault(id, OpenRun.asked(which, at));
        if (attempt >= run.attempt()) {
            open.put(id, run.started(attempt, worker, at));
        }
        begunWith(which);
    }

    void waits(OpenRun.Which which, int attempt, String reason, Instant at, Instant notBefore) {
        String id = held(which);
        OpenRun run = open.getOrDefault(id, OpenRun.asked(which, at));
        if (!isOver(which, 0) && attempt >= run.attempt()) {
            open.put(id, run.waits(attempt, reason, at, notBefore));
        }
        begunWith(which);
    }

    void progressed(OpenRun.Which which, RunProgressed beat, Instant told, long sign) {
        open.computeIfPresent(held(which),
                (id, run) -> run.state() == OpenRun.State.STARTED && run.attempt() == beat.attempt() ? run.at(beat, told, sign) : run);
    }

    /** Proofs that left the copy open are held under that name, although whoever proves them chose one. */
    private String held(OpenRun.Which which) {
        OpenRun any = open.get(which.ofAnyCopy().key());
        return any != null && (Objects.equals(any.which().correlation(), which.correlation()) || !open.containsKey(which.key())
                && any.which().correlation() == null) ? which.ofAnyCopy().key() : which.key();
    }

    private boolean isOver(OpenRun.Which which, int attempt) {
        return ended.values().stream().anyMatch(over -> isOf(over, which) && attempt <= over.attempt());
    }

    private void reopened(OpenRun.Which which) {
        ended.values().removeIf(over -> isOf(over, which));
    }

    /** Events about a backup's one run may lack the correlation. */
    private static boolean isOf(Ended over, OpenRun.Which which) {
        return which.isBackup() ? over.which().key().equals(which.key()) : over.which().mayBe(which);
    }

    void completed(OpenRun.Which which) {
        String backupId = which.backupId();
        end(which);
        begunWith(which);
        fireTime(backupId).ifPresent(fired -> {
            completed = completed == null || fired.isAfter(completed) ? fired : completed;
            failure = failure == null || fired.isBefore(failure.fireTime()) ? failure : null;
        });
    }

    void failed(OpenRun.Which which, BackupFailed e, Instant at) {
        String id = which.key();
        OpenRun run = open.get(id);
        boolean overtaken = run != null && e.attempt() > 0 && e.attempt() < run.attempt() && run.state() == OpenRun.State.STARTED;
        if (overtaken || run == null && isOver(which, 0)) {
            return;
        }
        end(which);
        begunWith(which);
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

    void cancelled(OpenRun.Which which) {
        end(which);
        begunWith(which);
    }

    void proven(OpenRun.Which which) {
        end(which);
    }

    /** Every proof of a backup that a request asked for ended without a verdict. */
    void impossible(OpenRun.Which anyCopy) {
        open.values().stream().map(OpenRun::which).filter(which -> which.ofAnyCopy().equals(anyCopy)).toList().forEach(this::end);
    }

    private void end(OpenRun.Which which) {
        OpenRun run = open.remove(held(which));
        int attempt = run == null ? 1 : Math.max(1, run.attempt());
        ended(which, attempt);
        if (run != null && !run.which().equals(which)) {
            ended(run.which(), attempt);
        }
    }

    /** By request, too: of two that ask for one copy's proof each may be accepted late. */
    private void ended(OpenRun.Which which, int attempt) {
        ended.merge(which.isBackup() ? which.key() : which.key() + "/" + which.correlation(), new Ended(which, attempt),
                (before, other) -> before.attempt() > other.attempt() ? before : other);
    }

    private void begunWith(OpenRun.Which which) {
        if (which.isBackup()) {
            fireTime(which.backupId()).filter(fired -> begun == null || fired.isAfter(begun)).ifPresent(fired -> begun = fired);
        }
    }

    private static Optional<Instant> fireTime(String backupId) {
        try {
            return Optional.of(BackupId.parse(backupId).fireTime());
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a request of an older or foreign program: its run is watched, its time is not known
        }
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
