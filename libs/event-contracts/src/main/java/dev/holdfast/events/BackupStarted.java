package dev.holdfast.events;

/** A worker claimed the run. Confirmed by the broker before the request is acknowledged. */
public record BackupStarted(String database, String kind, String backupId, int attempt, String nonce, String worker) implements Payload {
}
