package dev.holdfast.events;

/** The pulse of a run: {@code bytes} of {@code totalBytes} (null if unknown), {@code bytesPerSecond}. {@code activity} is backup or verification. */
public record RunProgressed(String database, String runId, String activity, int attempt, String phase, long bytes,
        Long totalBytes, double bytesPerSecond) implements Payload {
}
