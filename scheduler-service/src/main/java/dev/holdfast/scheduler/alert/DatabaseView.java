package dev.holdfast.scheduler.alert;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.repository.Orphan;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.pause.Pauses;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of one database at one moment: all that its alerts are decided by.
 *
 * @param entries        its backups, newest fire time first
 * @param newestVerified the newest snapshot of which a copy is proven
 * @param knownSince     when it was first heard of; nothing is missing from before
 * @param resumed        when its newest pause ended
 * @param told           the alerts that other services told of it and that stand
 * @param orphans        by repository, as far as the repositories were listed
 * @param elapsed        the lease clock, in milliseconds
 */
record DatabaseView(HoldfastConfig.Database database, List<CatalogEntry> entries, Optional<Instant> newestVerified,
        DatabaseRuns runs, Instant knownSince, Optional<Pauses.Pause> pause, Optional<Instant> resumed,
        List<StandingAlert> told, Map<String, List<Orphan>> orphans, long elapsed) {

    String alias() {
        return database.alias();
    }

    List<CatalogEntry> stored() {
        return entries.stream().filter(Catalog::isStored).filter(entry -> entry.snapshotTime() != null).toList();
    }

    Optional<CatalogEntry> backup(String id) {
        return entries.stream().filter(entry -> entry.backupId().equals(id)).findFirst();
    }

    /** When a backup was complete. */
    static Instant completed(CatalogEntry entry) {
        return entry.snapshotTime().plus(Duration.ofMillis(entry.durationSeconds() == null ? 0 : (long) (entry.durationSeconds() * 1000)));
    }
}
