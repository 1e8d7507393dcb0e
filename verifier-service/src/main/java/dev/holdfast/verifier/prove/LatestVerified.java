package dev.holdfast.verifier.prove;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.LatestLink;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@code latest} link of a file repository on the verified backup with the newest snapshot, and takes it away
 * where there is none. It is computed anew from the repository each time, since a refutation or an expiry may have
 * taken the ground from under the link.
 */
public final class LatestVerified {

    private static final Logger LOG = LoggerFactory.getLogger(LatestVerified.class);
    private static final Comparator<ManifestDocument> BY_SNAPSHOT =
            Comparator.comparing((ManifestDocument document) -> document.manifest().snapshotTime()).thenComparing(ManifestDocument::id);

    private final Repository repository;
    private final String level;

    /** @param level what the database's policy calls verified */
    public LatestVerified(Repository repository, String level) {
        this.repository = repository;
        this.level = level;
    }

    /** A link that can't be set is only logged: no backup depends on it. */
    public void update(String alias) {
        repository.latestLink().ifPresent(link -> {
            try {
                set(link, alias, newest(alias));
            } catch (HoldfastException e) {
                LOG.warn("the latest link of {} was not set: {} ({})", alias, e.getMessage(), e.nextStep());
            }
        });
    }

    private static void set(LatestLink link, String alias, Optional<BackupId> newest) {
        if (newest.isEmpty()) {
            link.remove(alias);
        } else if (!link.target(alias).equals(newest)) {
            link.point(alias, newest.get());
        }
    }

    private Optional<BackupId> newest(String alias) {
        return repository.reader().backups(alias).stream().flatMap(id -> verified(alias, id)).max(BY_SNAPSHOT)
                .map(ManifestDocument::id);
    }

    /** One that is damaged is not verified, and the sweep tells of it; a store that is away says nothing, and the link stays. */
    private Stream<ManifestDocument> verified(String alias, BackupId id) {
        try {
            return repository.reader().find(alias, id)
                    .filter(manifest -> repository.verifications().proof(manifest, level).isVerified()).stream();
        } catch (HoldfastException e) {
            if (e.kind() == FailureKind.RETRIABLE) {
                throw e;
            }
            LOG.debug("looking whether {} is verified: {}", id, e.getMessage());
            return Stream.empty();
        }
    }
}
