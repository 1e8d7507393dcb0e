package dev.holdfast.events;

import java.time.Instant;
import java.util.List;

/** The backup was restored and found equal, up to {@code level}. {@code restoreSeconds} is the proven RTO, null below level {@code restore}. */
public record BackupVerified(String database, String kind, String backupId, String repository, String level, Instant snapshotTime,
        Instant verifiedAt, double durationSeconds, Double restoreSeconds, long tables, long rows, long largeObjects,
        long schemaObjects, int assertions, String isolation, List<String> notCompared, String evidence) implements Payload {
}
