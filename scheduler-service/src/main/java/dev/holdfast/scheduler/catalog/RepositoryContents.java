package dev.holdfast.scheduler.catalog;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.repository.ProofResult;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the repositories hold.
 *
 * @param stored   each backup, over all repositories that have a copy
 * @param readable the repositories that could be read
 * @param unclear  ids of backups of which a manifest or verification could not be read
 */
public record RepositoryContents(List<Stored> stored, Set<String> readable, Set<String> unclear) {

    public RepositoryContents {
        stored = List.copyOf(stored);
        readable = Set.copyOf(readable);
        unclear = Set.copyOf(unclear);
    }

    /**
     * A backup.
     *
     * @param entry   what its manifest says, in state completed
     * @param results what was proven of each copy, by repository
     */
    public record Stored(CatalogEntry entry, Map<String, List<ProofResult>> results) {

        public Stored {
            results = Map.copyOf(results);
        }
    }
}
