package dev.holdfast.events;

import java.time.Instant;

/** The scheduler has seen the request and supervises the run. */
public record BackupAccepted(String database, String kind, String backupId, Instant fireTime, String requester) implements Payload {
}
