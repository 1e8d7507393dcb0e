package dev.holdfast.scheduler.catalog;

import java.time.Instant;

/**
 * One execution of a request, as the log tells it.
 *
 * @param id        the backup's id; for a verification followed by {@code .verification}
 * @param activity  backup or verification
 * @param state     accepted, started, deferred, released, and at its end completed, failed, verified, unproven, refuted or cancelled
 * @param requestId the id of the request, by which its answer is found
 * @param worker    the instance that claimed it
 */
public record Run(String id, String database, String activity, String backupId, String state, int attempt, String requester,
        String requestId, Instant acceptedAt, Instant startedAt, Instant stateSince, String worker, String reason,
        String nextStep, Progress progress) {

    /** How far it is: bytes done and in all (null where unknown), bytes per second. */
    public record Progress(String phase, long bytes, Long totalBytes, double bytesPerSecond) {
    }

    static Run unknown(String id, String database, String activity, String backupId) {
        return new Run(id, database, activity, backupId, "accepted", 1, null, null, null, null, null, null, null, null, null);
    }

    /** Whether it is over, and nobody will take it up unless somebody asks for it again. */
    public boolean ended() {
        return switch (state) {
            case "accepted", "started", "deferred", "released" -> false;
            default -> true;
        };
    }

    /** Somebody asked once more for a run that was over. */
    Run again(int which) {
        return new Run(id, database, activity, backupId, "accepted", which, null, null, null, null, null, null, null, null, null);
    }

    Run accepted(String by, String request, Instant at) {
        boolean first = stateSince == null;
        return new Run(id, database, activity, backupId, state, attempt, by, request, at, startedAt, first ? at : stateSince,
                worker, reason, nextStep, progress);
    }

    Run started(int which, String on, Instant at) {
        return new Run(id, database, activity, backupId, "started", which, requester, requestId, acceptedAt, at, at, on, null, null, null);
    }

    Run in(String next, Instant at, String why, String then) {
        return new Run(id, database, activity, backupId, next, attempt, requester, requestId, acceptedAt, startedAt, at, worker, why,
                then, null);
    }

    Run at(Progress where) {
        return new Run(id, database, activity, backupId, state, attempt, requester, requestId, acceptedAt, startedAt, stateSince,
                worker, reason, nextStep, where);
    }
}
