package dev.holdfast.events;

/** A run ended without a backup. {@code backupId} is null where the request named no known database. */
public record BackupFailed(String database, String kind, String backupId, int attempt, String phase, String failureKind,
        String code, String reason, String nextStep) implements Payload {
}
