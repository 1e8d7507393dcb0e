package dev.holdfast.events;

/** Retention deleted a backup from one repository. */
public record BackupExpired(String database, String kind, String backupId, String repository, String rule, long freedBytes) implements Payload {
}
