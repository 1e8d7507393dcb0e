package dev.holdfast.events;

/**
 * The pulse of a run: {@code bytes} of {@code totalBytes} (null if unknown), {@code bytesPerSecond}. {@code activity} is backup
 * or verification; {@code nonce} is that of its started event; {@code repository} of a verification's copy.
 */
public record RunProgressed(String database, String runId, String activity, int attempt, String phase, long bytes,
        Long totalBytes, double bytesPerSecond, String nonce, String repository) implements Payload {

    /** Of a claim whose nonce nobody needs. */
    public RunProgressed(String database, String runId, String activity, int attempt, String phase, long bytes,
            Long totalBytes, double bytesPerSecond) {
        this(database, runId, activity, attempt, phase, bytes, totalBytes, bytesPerSecond, null, null);
    }
}
