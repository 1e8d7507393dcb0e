package dev.holdfast.events;

import java.time.Instant;
import java.util.List;

/**
 * Somebody wants a backup. Only {@code database} is needed; {@code kind} defaults to {@code dump}. A null or empty
 * {@code repositories} means those of the policy; {@code failures} counts the tries that failed or went silent, null is none.
 */
public record BackupRequested(String database, String kind, List<String> repositories, Instant fireTime, Integer attempt,
        String requester, String reason, Instant deadline, Integer failures) implements Payload {

    /** A run's first request. */
    public BackupRequested(String database, String kind, List<String> repositories, Instant fireTime, Integer attempt,
            String requester, String reason, Instant deadline) {
        this(database, kind, repositories, fireTime, attempt, requester, reason, deadline, null);
    }
}
