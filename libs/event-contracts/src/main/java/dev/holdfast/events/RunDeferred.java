package dev.holdfast.events;

import java.time.Instant;

/** A claimed run could not begin yet (its database is busy) and was queued again. */
public record RunDeferred(String database, String runId, String activity, int attempt, String reason, Instant notBefore) implements Payload {
}
