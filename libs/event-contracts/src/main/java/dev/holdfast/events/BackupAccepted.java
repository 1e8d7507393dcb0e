package dev.holdfast.events;

import java.time.Instant;

/** The scheduler has seen the request and supervises the run. {@code fireTime} names the backup. */
public record BackupAccepted(String database, String kind, String backupId, Instant fireTime, String requester,
        AcceptedRequest request) implements Payload {

    /** As older versions wrote it: it tells of the run, yet nobody can ask for it again. */
    public BackupAccepted(String database, String kind, String backupId, Instant fireTime, String requester) {
        this(database, kind, backupId, fireTime, requester, null);
    }
}
