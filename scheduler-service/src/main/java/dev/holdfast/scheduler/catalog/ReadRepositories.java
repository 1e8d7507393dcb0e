package dev.holdfast.scheduler.catalog;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupCatalog;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.ProofResult;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.metrics.BackupMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads every manifest and its verifications, so that backups show on an empty broker, and those made without one. */
public final class ReadRepositories {

    private static final Logger LOG = LoggerFactory.getLogger(ReadRepositories.class);

    private final Collection<HoldfastConfig.Database> databases;
    private final Collection<Repository> repositories;
    private final BackupMetrics metrics;

    public ReadRepositories(Collection<HoldfastConfig.Database> databases, Collection<Repository> repositories, BackupMetrics metrics) {
        this.databases = databases;
        this.repositories = repositories;
        this.metrics = metrics;
    }

    /** What a repository can't tell is logged and left as it is known; the others are read all the same. */
    public RepositoryContents read() {
        Reading reading = new Reading();
        for (Repository repository : repositories) {
            try {
                reading.repository(repository);
            } catch (HoldfastException e) {
                LOG.warn("repository {} could not be read, its backups are shown as last known: {}; {}", repository.name(),
                        e.getMessage(), e.nextStep());
            }
        }
        return new RepositoryContents(reading.stored(), reading.readable, reading.unclear);
    }

    /** What is kept of a copy: of thousands of backups neither manifests nor evidence. */
    private record Copy(String repository, String sha256, CatalogEntry entry, List<ProofResult> results) {
    }

    private final class Reading {

        private final Map<String, List<Copy>> copies = new HashMap<>();
        private final Set<String> readable = new TreeSet<>();
        private final Set<String> unclear = new HashSet<>();

        void repository(Repository repository) {
            if (!repository.exists()) {
                // New, or a mount that is missing: that its backups are gone does not follow.
                return;
            }
            Set<String> empty = databases.stream()
                    .filter(database -> database.repositories().contains(repository.name()))
                    .map(HoldfastConfig.Database::alias).collect(Collectors.toCollection(TreeSet::new));
            BackupCatalog catalog = repository.catalog();
            for (String alias : catalog.aliases()) {
                for (BackupId id : catalog.backups(alias)) {
                    empty.remove(alias);
                    backup(repository, catalog, alias, id);
                }
            }
            empty.forEach(alias -> metrics.nothingStored(alias, "dump", repository.name()));
            readable.add(repository.name());
        }

        private void backup(Repository repository, BackupCatalog catalog, String alias, BackupId id) {
            try {
                catalog.find(alias, id).ifPresent(document -> {
                    List<ProofResult> results = repository.verifications().of(document).stream()
                            .map(found -> ProofResult.of(found.verification())).toList();
                    copies.computeIfAbsent(alias + "/" + id, key -> new ArrayList<>())
                            .add(new Copy(repository.name(), document.sha256(), entry(document), results));
                    measure(repository.name(), document);
                });
            } catch (HoldfastException e) {
                if (e.kind() == FailureKind.RETRIABLE) {
                    throw e;
                }
                unclear.add(id.toString());
                LOG.error("backup {}/{} in repository {}: {}; {}", alias, id, repository.name(), e.getMessage(), e.nextStep());
            }
        }

        List<RepositoryContents.Stored> stored() {
            return copies.values().stream().map(ReadRepositories::stored).toList();
        }
    }

    private void measure(String repository, ManifestDocument document) {
        Manifest manifest = document.manifest();
        metrics.stored(manifest.database(), manifest.kind(), repository, manifest.snapshotTime(), took(manifest), document.storedBytes());
    }

    private static RepositoryContents.Stored stored(List<Copy> copies) {
        CatalogEntry first = copies.getFirst().entry();
        CatalogEntry entry = Catalog.with(first, "completed", first.stateSince(),
                copies.stream().map(Copy::repository).sorted().toList(), null);
        boolean conflict = copies.stream().map(Copy::sha256).distinct().count() > 1;
        return new RepositoryContents.Stored(entry, copies.stream().collect(Collectors.toMap(Copy::repository,
                copy -> conflict ? inConflict(first) : copy.results())));
    }

    /** What was proven of one of two manifests is nothing that the backup's id could stand for. */
    private static List<ProofResult> inConflict(CatalogEntry entry) {
        return List.of(new ProofResult("unproven", "none", entry.stateSince(), null, "manifest-conflict: the manifests of its copies differ"));
    }

    private static CatalogEntry entry(ManifestDocument document) {
        Manifest manifest = document.manifest();
        Instant ended = manifest.endedAt() == null ? manifest.snapshotTime() : manifest.endedAt();
        return new CatalogEntry(manifest.database(), manifest.backupId(), manifest.kind(), "completed", manifest.fireTime(),
                manifest.snapshotTime(), ended, document.storedBytes(), Catalog.seconds(manifest.startedAt(), manifest.endedAt()),
                List.of(), null, null, null);
    }

    private static Duration took(Manifest manifest) {
        return manifest.startedAt() == null || manifest.endedAt() == null ? Duration.ZERO
                : Duration.between(manifest.startedAt(), manifest.endedAt());
    }
}
