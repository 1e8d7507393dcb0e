package dev.holdfast.events;

/** Something needs a person: {@code alert} is a stable name such as {@code dead-letter}. */
public record AlertRaised(String database, String alert, String severity, String about, String reason, String nextStep) implements Payload {
}
