package dev.holdfast.repository;

import java.time.Instant;

/**
 * Says that a backup is being deleted, and which by the digest of its manifest.
 *
 * @param reason why, by which rule
 */
public record Tombstone(int formatVersion, String database, String backupId, String manifestSha256, String reason,
        Instant createdAt) {
}
