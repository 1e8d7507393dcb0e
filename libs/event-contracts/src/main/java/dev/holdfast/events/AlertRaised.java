package dev.holdfast.events;

import java.time.Instant;

/**
 * Something needs a person: {@code alert} is a stable name such as {@code dead-letter}. One that lasts is named by database,
 * alert, about and {@code since}; {@code reminder} is 0 or null where it is new; {@link AlertResolved} ends it.
 */
public record AlertRaised(String database, String alert, String severity, String about, String reason, String nextStep,
        Instant since, Integer reminder) implements Payload {

    /** One that tells of a single happening. */
    public AlertRaised(String database, String alert, String severity, String about, String reason, String nextStep) {
        this(database, alert, severity, about, reason, nextStep, null, null);
    }
}
