package dev.holdfast.scheduler.catalog;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupCatalog;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.service.metrics.BackupMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads every manifest and its verifications, so that backups show on an empty broker, and those made without one. */
public final class ReadRepositories {

    private static final Logger LOG = LoggerFactory.getLogger(ReadRepositories.class);

    private final Collection<Repository> repositories;
    private final BackupMetrics metrics;

    public ReadRepositories(Collection<Repository> repositories, BackupMetrics metrics) {
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
        return new RepositoryContents(reading.entries(), reading.readable, reading.unclear);
    }

    private record Copy(String repository, ManifestDocument document, Optional<Verification> proof) {
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
            BackupCatalog catalog = repository.catalog();
            for (String alias : catalog.aliases()) {
                for (BackupId id : catalog.backups(alias)) {
                    backup(repository, catalog, alias, id);
                }
            }
            readable.add(repository.name());
        }

        private void backup(Repository repository, BackupCatalog catalog, String alias, BackupId id) {
            try {
                catalog.find(alias, id).ifPresent(document -> {
                    Optional<Verification> proof = repository.verifications().deciding(document).map(found -> found.verification());
                    copies.computeIfAbsent(alias + "/" + id, key -> new ArrayList<>())
                            .add(new Copy(repository.name(), document, proof));
                    measure(repository.name(), document, proof);
                });
            } catch (HoldfastException e) {
                if (e.kind() == FailureKind.RETRIABLE) {
                    throw e;
                }
                unclear.add(id.toString());
                LOG.error("backup {}/{} in repository {}: {}; {}", alias, id, repository.name(), e.getMessage(), e.nextStep());
            }
        }

        List<CatalogEntry> entries() {
            return copies.values().stream().map(ReadRepositories::entry).toList();
        }
    }

    private void measure(String repository, ManifestDocument document, Optional<Verification> proof) {
        Manifest manifest = document.manifest();
        metrics.stored(manifest.database(), manifest.kind(), repository, manifest.snapshotTime(), took(manifest), document.storedBytes());
        proof.ifPresent(verification -> metrics.verified(manifest.database(), manifest.kind(), repository,
                verification.endedAt(), verification.outcome().equals("verified")));
    }

    private static CatalogEntry entry(List<Copy> copies) {
        Manifest manifest = copies.getFirst().document().manifest();
        Optional<Copy> proven = copies.stream().filter(copy -> copy.proof().isPresent()).reduce(ReadRepositories::deciding);
        Verification proof = proven.flatMap(Copy::proof).orElse(null);
        Instant ended = manifest.endedAt() == null ? manifest.snapshotTime() : manifest.endedAt();
        return new CatalogEntry(manifest.database(), manifest.backupId(), manifest.kind(),
                proof == null ? "completed" : proof.outcome(), manifest.fireTime(), manifest.snapshotTime(),
                proof == null ? ended : proof.endedAt(), copies.getFirst().document().storedBytes(),
                Catalog.seconds(manifest.startedAt(), manifest.endedAt()),
                copies.stream().map(Copy::repository).sorted().toList(), proof == null ? null : proof.level(),
                proof == null || !proof.outcome().equals("verified") ? null : proof.restoreSeconds(), detail(proven, proof));
    }

    /** Between copies as within one: the newest that says something of the data. */
    private static Copy deciding(Copy one, Copy other) {
        Verification first = one.proof().orElseThrow();
        Verification second = other.proof().orElseThrow();
        boolean firstTells = !first.outcome().equals("unproven");
        boolean secondTells = !second.outcome().equals("unproven");
        if (firstTells != secondTells) {
            return firstTells ? one : other;
        }
        return first.endedAt().isBefore(second.endedAt()) ? other : one;
    }

    private static String detail(Optional<Copy> proven, Verification proof) {
        return proof == null ? null : switch (proof.outcome()) {
            case "refuted" -> proof.findingsTotal() + " differences in " + proven.orElseThrow().repository();
            case "unproven" -> proof.reason() + ": " + proof.detail();
            default -> null;
        };
    }

    private static Duration took(Manifest manifest) {
        return manifest.startedAt() == null || manifest.endedAt() == null ? Duration.ZERO
                : Duration.between(manifest.startedAt(), manifest.endedAt());
    }
}
