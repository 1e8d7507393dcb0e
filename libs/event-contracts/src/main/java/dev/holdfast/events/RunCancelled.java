package dev.holdfast.events;

/** A run was ended because somebody wanted it; it left no backup and holds nothing on the source any more. */
public record RunCancelled(String database, String runId, String activity, int attempt, String nonce, String repository,
        String requester, String reason) implements Payload {
}
