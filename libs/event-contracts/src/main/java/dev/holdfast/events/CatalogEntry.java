package dev.holdfast.events;

import java.time.Instant;
import java.util.List;

/** Newest state of a backup: accepted, started, completed, failed, verified, unproven, refuted or expired. */
public record CatalogEntry(String database, String backupId, String kind, String state, Instant fireTime, Instant snapshotTime,
        Instant stateSince, Long storedBytes, Double durationSeconds, List<String> repositories, String level,
        Double restoreSeconds, String detail) implements Payload {
}
