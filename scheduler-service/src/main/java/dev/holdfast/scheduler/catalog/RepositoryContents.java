package dev.holdfast.scheduler.catalog;

import dev.holdfast.events.CatalogEntry;
import java.util.List;
import java.util.Set;

/**
 * What the repositories hold.
 *
 * @param stored   one entry per backup, over all repositories that have a copy
 * @param readable the repositories that could be read
 * @param unclear  ids of backups of which a manifest or verification could not be read
 */
public record RepositoryContents(List<CatalogEntry> stored, Set<String> readable, Set<String> unclear) {

    public RepositoryContents {
        stored = List.copyOf(stored);
        readable = Set.copyOf(readable);
        unclear = Set.copyOf(unclear);
    }
}
