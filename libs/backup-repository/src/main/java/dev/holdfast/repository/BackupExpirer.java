package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.manifest.ManifestJson;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.repository.store.StoreException;
import dev.holdfast.repository.store.StoredObject;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Deletes backups so that a crash at any step leaves "absent" and the next run finishes: tombstone (conditional), then
 * the manifest, then verifications and data, then the tombstone. Retention's view: it opens no data.
 */
public final class BackupExpirer {

    private final Repository repository;
    private final BackupCatalog catalog;

    BackupExpirer(Repository repository, BackupCatalog catalog) {
        this.repository = repository;
        this.catalog = catalog;
    }

    public BackupCatalog catalog() {
        return catalog;
    }

    /**
     * Deletes exactly this backup.
     *
     * @param reason the rule that lets it go; kept in the tombstone while the deletion runs
     * @throws RepositoryException code {@code manifest-conflict} where another manifest stands under the id
     */
    public Expired expire(ManifestDocument manifest, String reason, Clock clock) {
        ObjectStore store = repository.checkedStore();
        Tombstone tombstone = new Tombstone(ManifestRules.FORMAT_VERSION, manifest.alias(), manifest.id().toString(),
                manifest.sha256(), reason, clock.instant());
        try {
            store.create(Layout.tombstone(manifest.alias(), manifest.id()), ManifestJson.write(tombstone));
        } catch (StoreException e) {
            if (!e.code().equals("object-exists")) {
                throw e;
            }
        }
        Tombstone standing = Tombstones.find(repository, store, manifest.alias(), manifest.id()).orElseThrow(() ->
                new RepositoryException(FailureKind.RETRIABLE, "already-expired",
                        manifest + " was deleted by another run meanwhile", "nothing: it is gone"));
        return finish(standing);
    }

    /**
     * Removes the temporary files of writers that were killed, in a file repository; says how many. A store of the S3 kind
     * has rules of its own for uploads that were never finished (docs/repository-format.md).
     *
     * @param before nothing was written to them since; far enough back that no writer lives that is only slow
     */
    public int removeAbandonedUploads(Instant before) {
        return repository.checkedStore() instanceof FileStore files ? files.abortUploadsBefore(before) : 0;
    }

    /** Deletions that were begun and not finished, by their tombstones. */
    public Unfinished unfinished() {
        ObjectStore store = repository.checkedStore();
        List<Tombstone> found = new ArrayList<>();
        List<Unfinished.Refused> refused = new ArrayList<>();
        try (Stream<StoredObject> objects = store.list(Layout.DATABASES)) {
            objects.map(object -> object.key().split("/"))
                    .filter(segments -> segments.length == 4 && segments[3].equals("tombstone.json")
                            && Layout.isAlias(segments[1]))
                    .forEach(segments -> Layout.backupId(segments[2])
                            .ifPresent(id -> sort(store, segments[1], id, found, refused)));
        }
        return new Unfinished(found, refused);
    }

    private void sort(ObjectStore store, String alias, BackupId id, List<Tombstone> found,
            List<Unfinished.Refused> refused) {
        try {
            Tombstones.find(repository, store, alias, id).ifPresent(found::add);
        } catch (RepositoryException e) {
            if (!e.code().equals(Tombstones.INVALID)) {
                throw e;
            }
            refused.add(new Unfinished.Refused(alias, id, e));
        }
    }

    /** Whether the manifest is gone: then the deletion had been decided, and finishing it takes no backup away. */
    public boolean pastManifest(Tombstone tombstone) {
        return repository.checkedStore()
                .find(Layout.manifest(tombstone.database(), BackupId.parse(tombstone.backupId()))).isEmpty();
    }

    /** The backups of a database that have a manifest, newest first: unlike the catalog's also those with a tombstone. */
    public List<BackupId> backups(String alias) {
        return catalog.withManifest(alias);
    }

    /** As the catalog's, also where there is a tombstone. */
    public Optional<ManifestDocument> find(String alias, BackupId id) {
        return catalog.read(alias, id);
    }

    /** Finishes a deletion from wherever it stopped; what is gone already is not counted again. */
    public Expired finish(Tombstone tombstone) {
        ObjectStore store = repository.checkedStore();
        String alias = tombstone.database();
        BackupId id = BackupId.parse(tombstone.backupId());
        String manifestKey = Layout.manifest(alias, id);
        Optional<String> standing = SmallObject.find(store, manifestKey, ManifestRules.MAX_BYTES).map(Sha256::of);
        if (standing.isPresent() && !standing.get().equals(tombstone.manifestSha256())) {
            throw new RepositoryException(FailureKind.PERMANENT, "manifest-conflict",
                    "deleting " + alias + "/" + id + " from " + repository + ": its manifest is " + standing.get()
                            + ", the tombstone says " + tombstone.manifestSha256(),
                    "find out who changed the manifest; nothing was deleted");
        }
        Tally tally = new Tally(store);
        store.find(manifestKey).ifPresent(tally::delete);
        String folder = Layout.backup(alias, id);
        String tombstoneKey = Layout.tombstone(alias, id);
        store.abortUploads(folder);
        for (StoredObject object : BackupCatalog.snapshot(store, folder)) {
            if (!object.key().equals(tombstoneKey)) {
                tally.delete(object);
            }
        }
        store.purgeDeleted(folder);
        store.delete(tombstoneKey);
        store.purgeDeleted(folder);
        return new Expired(alias, id, tally.objects, tally.bytes);
    }

    /** As the catalog's. */
    public List<Orphan> orphans(String alias) {
        return catalog.orphans(alias);
    }

    private static final class Tally {

        private final ObjectStore store;
        private long objects;
        private long bytes;

        private Tally(ObjectStore store) {
            this.store = store;
        }

        private void delete(StoredObject object) {
            store.delete(object.key());
            objects++;
            bytes += object.size();
        }
    }
}
