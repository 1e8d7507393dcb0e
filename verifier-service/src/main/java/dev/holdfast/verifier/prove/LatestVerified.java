package dev.holdfast.verifier.prove;

import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.RepositoryException;
import java.util.Comparator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the {@code latest} link of a file repository on the verified backup with the newest snapshot. */
final class LatestVerified {

    private static final Logger LOG = LoggerFactory.getLogger(LatestVerified.class);

    private final Repository repository;

    LatestVerified(Repository repository) {
        this.repository = repository;
    }

    /** A link that can't be set is only logged: no backup depends on it. */
    void update(ManifestDocument verified) {
        repository.latestLink().ifPresent(link -> {
            try {
                BackupId newest = link.target(verified.alias())
                        .flatMap(id -> repository.reader().find(verified.alias(), id))
                        .filter(linked -> repository.verifications().isVerified(linked))
                        .filter(linked -> bySnapshot().compare(linked, verified) > 0)
                        .map(ManifestDocument::id).orElse(verified.id());
                link.point(verified.alias(), newest);
            } catch (RepositoryException e) {
                LOG.warn("the latest link of {} was not set: {} ({})", verified.alias(), e.getMessage(), e.nextStep());
            }
        });
    }

    private static Comparator<ManifestDocument> bySnapshot() {
        return Comparator.comparing((ManifestDocument document) -> document.manifest().snapshotTime())
                .thenComparing(ManifestDocument::id);
    }
}
