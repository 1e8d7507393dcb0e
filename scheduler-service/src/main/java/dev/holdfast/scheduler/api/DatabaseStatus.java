package dev.holdfast.scheduler.api;

import dev.holdfast.events.CatalogEntry;
import java.time.Instant;
import java.util.List;

/**
 * A configured database and how well it is protected now.
 *
 * @param nextRun      when its schedule fires next, null without one
 * @param lastBackup   the newest that is stored, null where there is none
 * @param lastVerified the newest that is proven, null where there is none
 */
public record DatabaseStatus(String alias, String cron, String zone, Instant nextRun, List<String> repositories,
        CatalogEntry lastBackup, CatalogEntry lastVerified) {
}
