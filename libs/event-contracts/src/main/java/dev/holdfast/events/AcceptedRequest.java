package dev.holdfast.events;

import java.time.Instant;
import java.util.List;

/**
 * What a supervisor needs to ask for a run again: the request and where it lies in its queue. Fields that the request's type
 * does not have are null.
 */
public record AcceptedRequest(String id, String source, Instant time, Long offset, Integer attempt, Integer failures,
        List<String> repositories, String repository, Instant fireTime, String reason, Instant deadline) {
}
