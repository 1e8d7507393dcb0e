package dev.holdfast.scheduler.alert;

import dev.holdfast.events.RunProgressed;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A run that has no result.
 *
 * @param which   which one it is
 * @param asked   when it was first asked for
 * @param since   when it came into its state
 * @param waiting since when it has been waiting without ever having run for longer than {@link #TRY}; null where it does not
 * @param reason  why it waits
 */
record OpenRun(Which which, State state, int attempt, Instant asked, Instant since, Instant waiting,
        Instant notBefore, String reason, String worker, Movement movement) {

    /** A claim that finds its database busy gives up within seconds; one that lasts longer does its work. */
    static final Duration TRY = Duration.ofMinutes(2);

    /**
     * Which run an event means.
     *
     * @param repository  of a proof's copy, empty where that was left open; of a backup empty
     * @param correlation of its request: what is asked for at the same time may concern the same copy
     */
    record Which(String activity, String backupId, String repository, String correlation) {

        static Which of(String activity, String runId, String repository, String correlation) {
            boolean proof = activity.equals(RunHistory.VERIFICATION);
            return new Which(activity, proof ? runId.replaceFirst("\\.verification$", "") : runId,
                    proof && repository != null ? repository : "", correlation);
        }

        boolean isBackup() {
            return activity.equals(RunHistory.BACKUP);
        }

        /** Without the correlation, which events about the same run may lack. */
        String key() {
            return activity + "/" + backupId + "/" + repository;
        }

        /** Whether both may be one: of the same request, and of one copy as far as both say which. */
        boolean mayBe(Which other) {
            return activity.equals(other.activity) && backupId.equals(other.backupId) && Objects.equals(correlation, other.correlation)
                    && (repository.equals(other.repository) || repository.isEmpty() || other.repository.isEmpty());
        }

        Which ofAnyCopy() {
            return new Which(activity, backupId, "", correlation);
        }
    }

    enum State { ASKED, STARTED, WAITING }

    /**
     * Where it was when a beat was first heard that said so; {@code first} where nothing was heard before, so nobody knows
     * since when.
     *
     * @param told by the broker's clock
     * @param sign by the lease clock, in milliseconds
     */
    record Movement(String phase, long bytes, Instant told, long sign, boolean first) {
    }

    static OpenRun asked(Which which, Instant at) {
        return new OpenRun(which, State.ASKED, 0, at, at, null, null, null, null, null);
    }

    OpenRun started(int number, String on, Instant at) {
        return new OpenRun(which, State.STARTED, number, asked, at, waiting, null, reason, on, null);
    }

    OpenRun waits(int number, String why, Instant at, Instant earliest) {
        boolean worked = state == State.STARTED && Duration.between(since, at).compareTo(TRY) > 0;
        return new OpenRun(which, State.WAITING, Math.max(number, attempt), asked, at, worked || waiting == null ? at : waiting,
                earliest, why, null, null);
    }

    OpenRun at(RunProgressed beat, Instant told, long sign) {
        boolean still = movement != null && movement.bytes() == beat.bytes() && movement.phase().equals(beat.phase());
        return still ? this : new OpenRun(which, state, attempt, asked, since, waiting, notBefore, reason, worker,
                new Movement(beat.phase(), beat.bytes(), told, sign, movement == null));
    }

    String activity() {
        return which.activity();
    }

    String backupId() {
        return which.backupId();
    }

    /** As events about runs name it; the proofs of two copies have one name. */
    String id() {
        return which.isBackup() ? backupId() : backupId() + "." + RunHistory.VERIFICATION;
    }

    /** Whether it is only tried for, at that moment. */
    boolean isWaiting(Instant now) {
        return waiting != null && (state != State.STARTED || Duration.between(since, now).compareTo(TRY) < 0);
    }
}
