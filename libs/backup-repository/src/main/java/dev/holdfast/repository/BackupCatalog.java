package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.repository.store.StoredObject;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which backups there are, by their manifests. The scheduler's view: it opens no data. */
public final class BackupCatalog {

    private final Repository repository;

    BackupCatalog(Repository repository) {
        this.repository = repository;
    }

    /** Databases with at least one backup, sorted. */
    public List<String> aliases() {
        try (Stream<StoredObject> objects = repository.checkedStore().list(Layout.DATABASES)) {
            return objects.map(object -> object.key().split("/"))
                    .filter(segments -> segments.length == 4 && segments[3].equals("manifest.json"))
                    .map(segments -> segments[1]).filter(Layout::isAlias)
                    .collect(Collectors.toCollection(TreeSet::new)).stream().toList();
        }
    }

    /**
     * The backups of a database, newest first. A folder without a manifest is not a backup; one that a tombstone condemns
     * is on its way out and not one any more. A tombstone that is invalid or names another manifest hides nothing.
     */
    public List<BackupId> backups(String alias) {
        Set<BackupId> buried = new TreeSet<>();
        List<BackupId> found = folders(alias, buried);
        ObjectStore store = repository.checkedStore();
        return found.stream().filter(id -> !buried.contains(id) || bytes(store, alias, id)
                .filter(manifest -> !Tombstones.condemn(repository, store, alias, id, manifest)).isPresent()).toList();
    }

    /** Those with a manifest, newest first, whatever tombstones say. */
    List<BackupId> withManifest(String alias) {
        return folders(alias, new TreeSet<>());
    }

    private List<BackupId> folders(String alias, Set<BackupId> buried) {
        String prefix = Layout.database(alias);
        Set<BackupId> found = new TreeSet<>(Comparator.reverseOrder());
        try (Stream<StoredObject> objects = repository.checkedStore().list(prefix)) {
            objects.map(object -> object.key().substring(prefix.length()).split("/"))
                    .filter(segments -> segments.length == 2)
                    .forEach(segments -> Layout.backupId(segments[0]).ifPresent(id -> {
                        if (segments[1].equals("manifest.json")) {
                            found.add(id);
                        } else if (segments[1].equals("tombstone.json")) {
                            buried.add(id);
                        }
                    }));
        }
        return List.copyOf(found);
    }

    /**
     * The manifest, or empty where there is no such backup. Code {@code manifest-corrupt} where its own checksum does not
     * fit, {@code manifest-invalid} where it breaks a rule.
     */
    public Optional<ManifestDocument> find(String alias, BackupId id) {
        ObjectStore store = repository.checkedStore();
        boolean buried = store.find(Layout.tombstone(alias, id)).isPresent();
        return bytes(store, alias, id)
                .filter(manifest -> !buried || !Tombstones.condemn(repository, store, alias, id, manifest))
                .map(manifest -> parse(store, alias, id, manifest));
    }

    /** The manifest, whatever a tombstone says. */
    Optional<ManifestDocument> read(String alias, BackupId id) {
        ObjectStore store = repository.checkedStore();
        return bytes(store, alias, id).map(manifest -> parse(store, alias, id, manifest));
    }

    private static Optional<byte[]> bytes(ObjectStore store, String alias, BackupId id) {
        return SmallObject.find(store, Layout.manifest(alias, id), ManifestRules.MAX_BYTES);
    }

    private static ManifestDocument parse(ObjectStore store, String alias, BackupId id, byte[] manifest) {
        return ManifestDocument.parse(manifest, alias, id, store.location() + "/" + Layout.manifest(alias, id));
    }

    /** The manifest; code {@code backup-missing} where there is none. */
    public ManifestDocument manifest(String alias, BackupId id) {
        return find(alias, id).orElseThrow(() -> new RepositoryException(FailureKind.PERMANENT, "backup-missing",
                repository + " has no backup " + alias + "/" + id, "list the backups of '" + alias + "'"));
    }

    /** The database that a backup id belongs to, or empty where no database has it. */
    public Optional<String> aliasOf(BackupId id) {
        return aliases().stream().filter(alias -> find(alias, id).isPresent()).findFirst();
    }

    /** Attempts' objects that no manifest names, by folder. Whether their run is over is the caller's to know. */
    public List<Orphan> orphans(String alias) {
        ObjectStore store = repository.checkedStore();
        Map<String, List<StoredObject>> folders = new TreeMap<>();
        for (StoredObject object : snapshot(store, Layout.database(alias))) {
            String[] segments = object.key().split("/");
            if (segments.length == 5 && Layout.backupId(segments[2])
                    .filter(id -> Layout.isData(alias, id, object.key())).isPresent()) {
                folders.computeIfAbsent(segments[2] + "/" + segments[3], folder -> new ArrayList<>()).add(object);
            }
        }
        List<Orphan> orphans = new ArrayList<>();
        folders.forEach((folder, objects) -> {
            BackupId id = BackupId.parse(folder.substring(0, folder.indexOf('/')));
            Optional<ManifestDocument> manifest = read(alias, id);
            Set<String> named = manifest.map(BackupCatalog::keys).orElse(Set.of());
            List<StoredObject> left = objects.stream().filter(object -> !named.contains(object.key())).toList();
            if (!left.isEmpty()) {
                orphans.add(new Orphan(alias, id, Layout.database(alias) + folder + "/", left.size(),
                        left.stream().mapToLong(StoredObject::size).sum(),
                        left.stream().map(StoredObject::lastModified).max(Instant::compareTo).orElseThrow(),
                        manifest.isPresent()));
            }
        });
        return List.copyOf(orphans);
    }

    private static Set<String> keys(ManifestDocument manifest) {
        return manifest.manifest().streams().stream().flatMap(stream -> stream.parts().stream())
                .map(Manifest.Part::key).collect(Collectors.toSet());
    }

    /** The list as it is now: deleting while a listing is open is left to no store's whim. */
    static List<StoredObject> snapshot(ObjectStore store, String prefix) {
        try (Stream<StoredObject> objects = store.list(prefix)) {
            return objects.toList();
        }
    }
}
