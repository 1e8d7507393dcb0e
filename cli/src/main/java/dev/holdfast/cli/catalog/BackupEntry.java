package dev.holdfast.cli.catalog;

import java.time.Instant;
import java.util.List;

/**
 * One backup in a listing, merged over the repositories that hold it. Sizes are bytes, durations seconds.
 *
 * @param state          verified, refuted, unproven, or unverified where no verification is there yet, by the level of the
 *                       policy; of several copies that of the worst off
 * @param level          the level of the deciding verification, or null
 * @param restoreSeconds how long the last proven restore took, or null
 */
public record BackupEntry(String database, String backupId, String kind, Instant snapshotTime, Instant endedAt,
        double durationSeconds, long plainBytes, long storedBytes, boolean encrypted, String state, String level,
        Double restoreSeconds, List<Copy> copies) {

    /** A copy and what is known of it. */
    public record Copy(String repository, String location, String state, String level, Instant verifiedAt) {
    }
}
