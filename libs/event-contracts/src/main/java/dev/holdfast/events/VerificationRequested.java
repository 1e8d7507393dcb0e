package dev.holdfast.events;

/**
 * Prove a backup. A null {@code repository} means any that holds a copy, a null {@code level} means {@code equal};
 * {@code failures} counts the tries that failed or went silent, null is none.
 */
public record VerificationRequested(String database, String backupId, String repository, String level, String requester, String reason,
        Integer attempt, Integer failures) implements Payload {

    /** A run's first request. */
    public VerificationRequested(String database, String backupId, String repository, String level, String requester, String reason,
            Integer attempt) {
        this(database, backupId, repository, level, requester, reason, attempt, null);
    }
}
