package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.repository.store.ObjectUpload;
import dev.holdfast.repository.store.StoreException;
import dev.holdfast.repository.store.StoredObject;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** What the worker may do: create, list, read back ciphertext, abort its own uploads. It has no way to delete. */
public final class BackupWriter {

    private final Repository repository;
    private final BackupCatalog catalog;

    BackupWriter(Repository repository, BackupCatalog catalog) {
        this.repository = repository;
        this.catalog = catalog;
    }

    /** Preflight: proves that the store takes new objects, and makes it a repository unless it is one. */
    public void prepare() {
        repository.store().check(true);
        repository.initialise();
    }

    /** The repository's name in the configuration. */
    public String repositoryName() {
        return repository.name();
    }

    /** @see BackupCatalog#backups(String) */
    public List<BackupId> backups(String alias) {
        return catalog.backups(alias);
    }

    /** @see BackupCatalog#find(String, BackupId) */
    public Optional<ManifestDocument> find(String alias, BackupId id) {
        return catalog.find(alias, id);
    }

    /**
     * Starts one object of an attempt.
     *
     * @param key of {@link AttemptFolder#data} or {@link AttemptFolder#globals}
     */
    public ObjectUpload create(AttemptFolder folder, String key) {
        if (!key.startsWith(folder.prefix()) || !Layout.isData(folder.alias(), folder.id(), key)) {
            throw new RepositoryException(FailureKind.BUG, "foreign-key",
                    "an attempt may only write below " + folder.prefix() + ", not " + key, "report this");
        }
        return repository.checkedStore().create(key);
    }

    /** The stored stream, checked as by {@link BackupReader#openStored}. */
    public InputStream readBack(ManifestDocument manifest, Manifest.DataStream stream) {
        return new StoredStream(repository.checkedStore(), stream.parts());
    }

    /** Ends what the attempt began to upload and did not commit. Committed objects stay, as a reported orphan. */
    public int abortUploads(AttemptFolder folder) {
        return repository.checkedStore().abortUploads(folder.prefix());
    }

    /**
     * Makes the backup exist. Every object it names is asked for first: the manifest is the last write. Storing the
     * same bytes again is done already.
     *
     * @throws RepositoryException code {@code manifest-conflict} where another manifest has this id,
     *                             {@code backup-expiring} where retention is deleting the backup,
     *                             {@code object-corrupt} where an object is not there in its size
     */
    public ManifestDocument commit(ManifestDocument manifest) {
        ObjectStore store = repository.checkedStore();
        if (store.find(Layout.tombstone(manifest.alias(), manifest.id())).isPresent()) {
            throw new RepositoryException(FailureKind.PERMANENT, "backup-expiring",
                    "the backup " + manifest + " is being deleted from " + repository,
                    "let retention finish, then request a new backup");
        }
        confirmObjects(store, manifest);
        String key = Layout.manifest(manifest.alias(), manifest.id());
        try {
            store.create(key, manifest.bytes());
        } catch (StoreException e) {
            if (!e.code().equals("object-exists")) {
                throw e;
            }
            acceptSame(store, key, manifest, e);
        }
        return manifest;
    }

    private void confirmObjects(ObjectStore store, ManifestDocument manifest) {
        for (Manifest.DataStream stream : manifest.manifest().streams()) {
            for (Manifest.Part part : stream.parts()) {
                Optional<StoredObject> found = store.find(part.key());
                if (found.isEmpty() || found.get().size() != part.bytes()) {
                    throw new CorruptObjectException("object not stored as written",
                            store.location() + "/" + part.key(), part.bytes() + " bytes",
                            found.map(object -> object.size() + " bytes").orElse("no object"));
                }
            }
        }
    }

    private void acceptSame(ObjectStore store, String key, ManifestDocument manifest, StoreException taken) {
        String found = SmallObject.find(store, key, ManifestRules.MAX_BYTES).map(Sha256::of).orElse("none");
        if (!found.equals(manifest.sha256())) {
            throw new RepositoryException(FailureKind.PERMANENT, "manifest-conflict",
                    "storing the manifest of " + manifest + " in " + repository + ": another one, " + found
                            + ", has this id", "find out which run wrote it; it stays as it is", taken);
        }
    }
}
