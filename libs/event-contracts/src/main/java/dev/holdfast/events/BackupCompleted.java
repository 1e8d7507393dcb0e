package dev.holdfast.events;

import java.time.Instant;
import java.util.List;

/** Every part is stored and confirmed and the manifest is written. Times are UTC, sizes bytes. */
public record BackupCompleted(String database, String kind, String backupId, int attempt, Instant startedAt, Instant endedAt,
        Instant snapshotTime, long plainBytes, long storedBytes, boolean encrypted, String serverVersion,
        String manifestSha256, List<Copy> copies, List<LostCopy> lostCopies) implements Payload {

    /** A repository that holds the whole backup. */
    public record Copy(String repository, long storedBytes) {
    }

    /** A repository of the policy that did not get its copy, and why. */
    public record LostCopy(String repository, String code, String reason) {
    }
}
