package dev.holdfast.events;

/** The scheduler has seen the verification request. */
public record VerificationAccepted(String database, String backupId, String level, String requester) implements Payload {
}
