package dev.holdfast.events;

/**
 * A claim ended without a result and the run is dispatched again: its worker shuts down, or the scheduler found it silent
 * past its lease. {@code nonce} is that of its started event (null means every claim of the attempt); {@code repository} of
 * a verification's copy; {@code failures} of the run so far, null is none.
 */
public record RunReleased(String database, String runId, String activity, int attempt, String reason, String nonce,
        String repository, Integer failures) implements Payload {

    /** Of a backup without failures. */
    public RunReleased(String database, String runId, String activity, int attempt, String reason) {
        this(database, runId, activity, attempt, reason, null, null, null);
    }
}
