package dev.holdfast.events;

import java.time.Instant;

/** What an alert was about is over. Database, alert, about and since are those of {@link AlertRaised}. */
public record AlertResolved(String database, String alert, String about, Instant since, String reason) implements Payload {
}
