package dev.holdfast.events;

/** Somebody wants a run ended. Whoever holds it says {@link RunCancelled}; where nobody does, the scheduler says it. */
public record RunCancelling(String database, String runId, String activity, String repository, String requester,
        String reason) implements Payload {
}
