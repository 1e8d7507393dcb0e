package dev.holdfast.events;

/** A claimed run was given back because its worker shuts down. */
public record RunReleased(String database, String runId, String activity, int attempt, String reason) implements Payload {
}
