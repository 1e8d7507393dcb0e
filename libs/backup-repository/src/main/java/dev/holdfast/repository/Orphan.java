package dev.holdfast.repository;

import java.time.Instant;

/**
 * An attempt's objects that no manifest names.
 *
 * @param committed  whether another attempt of the same backup has a manifest
 * @param newest     by the store's clock; a run may still be writing, so only the caller knows when it is over
 */
public record Orphan(String alias, BackupId id, String folder, long objects, long bytes, Instant newest,
        boolean committed) {
}
