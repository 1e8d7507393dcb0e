package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.manifest.ManifestJson;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.repository.store.StoreException;
import dev.holdfast.repository.store.StoredObject;

import tools.jackson.core.JacksonException;

import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A named place that holds copies of backups, and its views: each service takes the view that its role allows.
 * Opening does no I/O, so that a service starts while its store is away; the format is checked at first use and every
 * view's method throws {@link RepositoryException} or {@link StoreException}.
 */
public final class Repository implements AutoCloseable {

    private static final int MAX_IDENTITY = 1 << 16;

    private static final Logger LOG = LoggerFactory.getLogger(Repository.class);

    private final String name;
    private final ObjectStore store;
    private volatile Identity identity;

    /** What {@code repository.json} holds. */
    record Identity(int formatVersion, String repositoryId) {
    }

    private Repository(String name, ObjectStore store) {
        this.name = name;
        this.store = store;
    }

    /** The repository takes the store over and closes it. */
    public static Repository open(String name, ObjectStore store) {
        return new Repository(name, store);
    }

    /** The name in the configuration, fit for labels and messages. */
    public String name() {
        return name;
    }

    /** A path or {@code s3://bucket/prefix}, never a credential. */
    public String location() {
        return store.location();
    }

    /** The id in {@code repository.json}; code {@code repository-missing} (retriable) before the first backup. */
    public String id() {
        return identity().repositoryId();
    }

    /** Whether a first backup (or {@link BackupWriter#prepare()}) has made this a repository. */
    public boolean exists() {
        return rereadIdentity().isPresent();
    }

    /** Cheap proof for readiness: the store answers, and what it holds is a repository that this program reads. */
    public void check() {
        store.check(false);
        rereadIdentity();
    }

    public BackupReader reader() {
        return new BackupReader(this, catalog());
    }

    public BackupCatalog catalog() {
        return new BackupCatalog(this);
    }

    public BackupWriter writer() {
        return new BackupWriter(this, catalog());
    }

    public VerificationReader verifications() {
        return new VerificationReader(this);
    }

    public VerificationWriter verificationWriter() {
        return new VerificationWriter(this);
    }

    public BackupExpirer expirer() {
        return new BackupExpirer(this, catalog());
    }

    /** The {@code latest} links of a file repository; empty for S3, which has none. */
    public Optional<LatestLink> latestLink() {
        return store instanceof FileStore files ? Optional.of(new LatestLink(files.root())) : Optional.empty();
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return name + " (" + location() + ")";
    }

    ObjectStore store() {
        return store;
    }

    /** The store of an existing repository whose format this program reads. */
    ObjectStore checkedStore() {
        if (store instanceof FileStore) {
            // A volume that was unmounted leaves an empty folder, in which nothing must be written or concluded.
            rereadIdentity();
        }
        identity();
        return store;
    }

    /** Makes it a repository unless it is one. Two writers race to the same result: one creates, both read. */
    void initialise() {
        if (rereadIdentity().isEmpty()) {
            requireNoBackups();
            Identity fresh = new Identity(ManifestRules.FORMAT_VERSION, UUID.randomUUID().toString());
            if (createdNow(ManifestJson.write(fresh))) {
                LOG.warn("made a new repository in {}: if there was one before, its volume is missing", this);
            }
        }
        identity();
        requireConditionalCreates();
    }

    /** Backups without the file that says whose they are: it was lost, and a new one would make them another repository's. */
    private void requireNoBackups() {
        try (Stream<StoredObject> found = store.list(Layout.DATABASES)) {
            if (found.findAny().isPresent() && rereadIdentity().isEmpty()) {
                throw new RepositoryException(FailureKind.PERMANENT, "repository-invalid", "there are backups in " + location()
                        + " and no " + Layout.REPOSITORY, "restore it from a copy: {\"formatVersion\": 1, \"repositoryId\": \"...\"}");
            }
        }
    }

    /** Everything rests on creates that never replace, and some S3 stores ignore the condition without a word. */
    private void requireConditionalCreates() {
        byte[] same = SmallObject.find(store, Layout.REPOSITORY, MAX_IDENTITY).orElseThrow(this::missing);
        if (createdNow(same)) {
            throw new RepositoryException(FailureKind.PERMANENT, "store-not-conditional",
                    location() + " replaced an object that it was told not to replace (If-None-Match)",
                    "use a store that honours conditional writes; nothing was lost, equal bytes were written");
        }
    }

    private boolean createdNow(byte[] content) {
        try {
            store.create(Layout.REPOSITORY, content);
            return true;
        } catch (StoreException e) {
            if (e.code().equals("object-exists")) {
                return false;
            }
            throw e;
        }
    }

    private Identity identity() {
        return findIdentity().orElseThrow(this::missing);
    }

    private RepositoryException missing() {
        return new RepositoryException(FailureKind.RETRIABLE, "repository-missing",
                "there is no " + Layout.REPOSITORY + " in " + location(),
                "check the path or bucket and prefix of repository '" + name + "'; the first backup makes it");
    }

    private Optional<Identity> findIdentity() {
        if (identity == null) {
            identity = SmallObject.find(store, Layout.REPOSITORY, MAX_IDENTITY).map(this::parse).orElse(null);
        }
        return Optional.ofNullable(identity);
    }

    /** @throws RepositoryException code {@code repository-replaced} where it is another one than it was, or none any more */
    private Optional<Identity> rereadIdentity() {
        Identity known = identity;
        Optional<Identity> found = SmallObject.find(store, Layout.REPOSITORY, MAX_IDENTITY).map(this::parse);
        if (known != null && !found.equals(Optional.of(known))) {
            throw new RepositoryException(FailureKind.RETRIABLE, "repository-replaced", location() + " was the repository "
                    + known.repositoryId() + " and is " + found.map(other -> other.repositoryId() + " now").orElse("none any more"),
                    "mount or restore what was there; if it was replaced on purpose, restart the services");
        }
        identity = found.orElse(null);
        return found;
    }

    private Identity parse(byte[] bytes) {
        Identity found;
        try {
            found = ManifestJson.read(bytes, Identity.class);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new RepositoryException(FailureKind.PERMANENT, "repository-invalid",
                    Layout.REPOSITORY + " in " + location() + " is not readable",
                    "restore it from a copy: {\"formatVersion\": 1, \"repositoryId\": \"...\"}", e);
        }
        if (found.formatVersion() != ManifestRules.FORMAT_VERSION) {
            throw new RepositoryException(FailureKind.PERMANENT, "format-too-new", location()
                    + " has repository format " + found.formatVersion() + ", this program reads and writes "
                    + ManifestRules.FORMAT_VERSION, "use a newer Holdfast for this repository");
        }
        return found;
    }
}
