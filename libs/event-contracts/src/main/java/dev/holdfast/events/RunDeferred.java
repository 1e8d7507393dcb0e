package dev.holdfast.events;

import java.time.Instant;

/**
 * A claimed run can not go on now (its database or cluster is busy, a blackout window, a failure that may pass) and is
 * dispatched again, not before {@code notBefore} (null is at once). {@code nonce} is that of its started event;
 * {@code repository} of a verification's copy; {@code failures} of the run so far, null is none.
 */
public record RunDeferred(String database, String runId, String activity, int attempt, String reason, Instant notBefore,
        String nonce, String repository, Integer failures) implements Payload {

    /** Of a backup without failures. */
    public RunDeferred(String database, String runId, String activity, int attempt, String reason, Instant notBefore) {
        this(database, runId, activity, attempt, reason, notBefore, null, null, null);
    }
}
