package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.manifest.ManifestJson;
import dev.holdfast.repository.store.ObjectStore;

import tools.jackson.core.JacksonException;

import java.util.Optional;

/** Reading tombstones. Whoever may create objects may create one, so none is believed by its name alone. */
final class Tombstones {

    static final String INVALID = "tombstone-invalid";

    private static final int MAX_BYTES = 1 << 16;

    private Tombstones() {
    }

    /** @throws RepositoryException code {@code tombstone-invalid} where it is none, or another backup's */
    static Optional<Tombstone> find(Repository repository, ObjectStore store, String alias, BackupId id) {
        try {
            return SmallObject.find(store, Layout.tombstone(alias, id), MAX_BYTES).map(bytes -> parse(bytes, alias, id));
        } catch (CorruptObjectException | JacksonException | IllegalArgumentException e) {
            throw new RepositoryException(FailureKind.PERMANENT, INVALID, "the tombstone of " + alias + "/" + id + " in "
                    + repository + " is refused: " + e.getMessage(), "find who wrote it and remove it by hand", e);
        }
    }

    /** Whether a valid tombstone names exactly this manifest; an invalid one hides nothing. */
    static boolean condemn(Repository repository, ObjectStore store, String alias, BackupId id, byte[] manifest) {
        try {
            return find(repository, store, alias, id)
                    .filter(tombstone -> tombstone.manifestSha256().equals(Sha256.of(manifest))).isPresent();
        } catch (RepositoryException e) {
            if (e.code().equals(INVALID)) {
                return false;
            }
            throw e;
        }
    }

    private static Tombstone parse(byte[] bytes, String alias, BackupId id) {
        Tombstone tombstone = ManifestJson.read(bytes, Tombstone.class);
        if (!alias.equals(tombstone.database()) || !id.toString().equals(tombstone.backupId())
                || tombstone.manifestSha256() == null || tombstone.formatVersion() != ManifestRules.FORMAT_VERSION) {
            throw new IllegalArgumentException("it names another backup, or no manifest, or a newer format");
        }
        return tombstone;
    }
}
