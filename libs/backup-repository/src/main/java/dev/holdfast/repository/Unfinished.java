package dev.holdfast.repository;

import java.util.List;

/**
 * The tombstones that a repository holds.
 *
 * @param tombstones those that name the backup that they lie in, oldest first; whether it may go they do not prove
 * @param refused    those that don't
 */
public record Unfinished(List<Tombstone> tombstones, List<Refused> refused) {

    /** A tombstone that condemns nothing, and why; code {@code tombstone-invalid}. */
    public record Refused(String alias, BackupId id, RepositoryException why) {
    }

    public Unfinished {
        tombstones = List.copyOf(tombstones);
        refused = List.copyOf(refused);
    }
}
