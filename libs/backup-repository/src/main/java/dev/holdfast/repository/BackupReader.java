package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.repository.manifest.Manifest;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** The catalog and the data: the view of verifier, restore and copy. */
public final class BackupReader {

    private final Repository repository;
    private final BackupCatalog catalog;

    BackupReader(Repository repository, BackupCatalog catalog) {
        this.repository = repository;
        this.catalog = catalog;
    }

    /** @see BackupCatalog#aliases() */
    public List<String> aliases() {
        return catalog.aliases();
    }

    /** @see BackupCatalog#backups(String) */
    public List<BackupId> backups(String alias) {
        return catalog.backups(alias);
    }

    /** @see BackupCatalog#find(String, BackupId) */
    public Optional<ManifestDocument> find(String alias, BackupId id) {
        return catalog.find(alias, id);
    }

    /** @see BackupCatalog#manifest(String, BackupId) */
    public ManifestDocument manifest(String alias, BackupId id) {
        return catalog.manifest(alias, id);
    }

    /** @see BackupCatalog#aliasOf(BackupId) */
    public Optional<String> aliasOf(BackupId id) {
        return catalog.aliasOf(id);
    }

    /**
     * The stream as stored, its parts joined. Broken connections are resumed where they broke. Each part's size and
     * SHA-256 are checked when its end is reached, so what was read is proven only once the end of the stream is
     * reported; otherwise reading throws {@link CorruptObjectException}. The caller closes it.
     */
    public InputStream openStored(ManifestDocument manifest, Manifest.DataStream stream) {
        return new StoredStream(repository.checkedStore(), stream.parts());
    }

    /**
     * What the program wrote: decrypted and decompressed, with plain size and SHA-256 checked before the end is
     * reported, on top of the checks of {@link #openStored}. Code {@code wrong-key} where no key of {@code keys} opens
     * it. The caller closes it.
     *
     * @param keys {@link SecretKeys#none()} where the backup is not encrypted
     */
    public InputStream openPlain(ManifestDocument manifest, Manifest.DataStream stream, SecretKeys keys) {
        String where = repository.location() + "/" + stream.parts().getFirst().key();
        InputStream stored = openStored(manifest, stream);
        boolean encrypted = switch (manifest.manifest().encryption().method()) {
            case "openpgp" -> true;
            case "none" -> false;
            case String method -> throw new RepositoryException(FailureKind.PERMANENT, "manifest-invalid",
                    "encryption method '" + method + "' of " + manifest + " is unknown", "use a newer Holdfast");
        };
        return PlainStream.open(stored, where, stream, encrypted ? Optional.of(keys) : Optional.empty());
    }
}
