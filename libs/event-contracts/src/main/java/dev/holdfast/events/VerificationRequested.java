package dev.holdfast.events;

/** Prove a backup. A null {@code repository} means any that holds a copy, a null {@code level} means {@code equal}. */
public record VerificationRequested(String database, String backupId, String repository, String level, String requester, String reason,
        Integer attempt) implements Payload {
}
