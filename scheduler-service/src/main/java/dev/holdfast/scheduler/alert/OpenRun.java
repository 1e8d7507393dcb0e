package dev.holdfast.scheduler.alert;

import dev.holdfast.events.RunProgressed;
import java.time.Duration;
import java.time.Instant;

/**
 * A run that has no result.
 *
 * @param asked   when it was first asked for
 * @param since   when it came into its state
 * @param waiting since when it has been waiting without ever having run for longer than {@link #TRY}; null where it does not
 * @param reason  why it waits
 */
record OpenRun(String activity, String backupId, State state, int attempt, Instant asked, Instant since, Instant waiting,
        Instant notBefore, String reason, String worker, Movement movement) {

    /** A claim that finds its database busy gives up within seconds; one that lasts longer does its work. */
    static final Duration TRY = Duration.ofMinutes(2);

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

    static OpenRun asked(String activity, String backupId, Instant at) {
        return new OpenRun(activity, backupId, State.ASKED, 0, at, at, null, null, null, null, null);
    }

    OpenRun started(int which, String on, Instant at) {
        return new OpenRun(activity, backupId, State.STARTED, which, asked, at, waiting, null, reason, on, null);
    }

    OpenRun waits(int which, String why, Instant at, Instant earliest) {
        boolean worked = state == State.STARTED && Duration.between(since, at).compareTo(TRY) > 0;
        return new OpenRun(activity, backupId, State.WAITING, Math.max(which, attempt), asked, at, worked || waiting == null ? at : waiting,
                earliest, why, null, null);
    }

    OpenRun at(RunProgressed beat, Instant told, long sign) {
        boolean still = movement != null && movement.bytes() == beat.bytes() && movement.phase().equals(beat.phase());
        return still ? this : new OpenRun(activity, backupId, state, attempt, asked, since, waiting, notBefore, reason, worker,
                new Movement(beat.phase(), beat.bytes(), told, sign, movement == null));
    }

    /** As events about runs name it. */
    String id() {
        return activity.equals(RunHistory.VERIFICATION) ? backupId + "." + RunHistory.VERIFICATION : backupId;
    }

    /** Whether it is only tried for, at that moment. */
    boolean isWaiting(Instant now) {
        return waiting != null && (state != State.STARTED || Duration.between(since, now).compareTo(TRY) < 0);
    }
}
