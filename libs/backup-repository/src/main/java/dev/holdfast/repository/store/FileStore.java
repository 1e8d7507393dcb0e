package dev.holdfast.repository.store;

import dev.holdfast.failure.FailureKind;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/**
 * Objects as files below a root folder. A create writes a temporary file beside its place, syncs it, links it under its
 * name (which fails where the name is taken) and syncs the folder. The root must exist: a missing mount must not turn
 * into an empty repository, and its permissions decide on those of what is written.
 */
public final class FileStore implements ObjectStore {

    static final String TEMPORARY = ".tmp-";

    private final Path root;
    private final FileModes modes;

    private FileStore(Path root) {
        this.root = root;
        this.modes = new FileModes(root);
    }

    /** Opening does no I/O. */
    public static FileStore at(Path root) {
        return new FileStore(root.toAbsolutePath().normalize());
    }

    /** The folder, for what only files can do. */
    public Path root() {
        return root;
    }

    @Override
    public String location() {
        return root.toString();
    }

    @Override
    public ObjectUpload create(String key) {
        return new FileUpload(this, key);
    }

    @Override
    public StoredObject create(String key, byte[] content) {
        try (ObjectUpload upload = create(key)) {
            upload.write(content, 0, content.length);
            return upload.commit();
        }
    }

    @Override
    public Optional<StoredObject> find(String key) {
        Path file = path(key);
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? Optional.of(object(key, attributes)) : Optional.empty();
        } catch (NoSuchFileException e) {
            requireRoot("looking for " + key);
            return Optional.empty();
        } catch (IOException e) {
            throw FileFailures.of("looking for", file, e);
        }
    }

    @Override
    public InputStream read(String key, long offset) {
        Path file = path(key);
        if (find(key).isEmpty()) {
            throw FileFailures.missing(file);
        }
        try {
            SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.READ,
                    LinkOption.NOFOLLOW_LINKS);
            channel.position(offset);
            return Channels.newInputStream(channel);
        } catch (NoSuchFileException e) {
            throw FileFailures.missing(file);
        } catch (IOException e) {
            throw FileFailures.of("reading", file, e);
        }
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        int slash = prefix.lastIndexOf('/');
        Path folder = slash < 0 ? root : path(prefix.substring(0, slash));
        requireRoot("listing " + prefix);
        List<StoredObject> found = new ArrayList<>();
        walk(folder, (file, attributes) -> {
            String key = key(file);
            if (attributes.isRegularFile() && key.startsWith(prefix) && !isTemporary(file)) {
                found.add(object(key, attributes));
            }
        });
        found.sort(Comparator.comparing(StoredObject::key));
        return found.stream();
    }

    @Override
    public void delete(String key) {
        Path file = path(key);
        try {
            if (Files.deleteIfExists(file)) {
                removeEmptyParents(file.getParent());
            } else {
                requireRoot("deleting " + key);
            }
        } catch (IOException e) {
            throw FileFailures.of("deleting", file, e);
        }
    }

    /** Files have no older versions. */
    @Override
    public int purgeDeleted(String prefix) {
        return 0;
    }

    @Override
    public int abortUploads(String prefix) {
        requireRoot("aborting the uploads below " + prefix);
        int slash = prefix.lastIndexOf('/');
        Path folder = slash < 0 ? root : path(prefix.substring(0, slash));
        return removeTemporaries(folder, (file, attributes) -> key(file.getParent()).concat("/").startsWith(
                slash < 0 ? "" : prefix.substring(0, slash + 1)));
    }

    /** Removes what killed writers left: temporary files that nobody has written to since {@code before}; says how many. */
    public int abortUploadsBefore(Instant before) {
        requireRoot("removing abandoned uploads");
        return removeTemporaries(root, (file, attributes) -> attributes.lastModifiedTime().toInstant().isBefore(before));
    }

    private int removeTemporaries(Path folder, BiPredicate<Path, BasicFileAttributes> which) {
        List<Path> leftovers = new ArrayList<>();
        walk(folder, (file, attributes) -> {
            if (isTemporary(file) && which.test(file, attributes)) {
                leftovers.add(file);
            }
        });
        leftovers.forEach(this::remove);
        return leftovers.size();
    }

    @Override
    public void check(boolean writing) {
        requireRoot("checking");
        if (!Files.isReadable(root) || !Files.isExecutable(root)) {
            throw FileFailures.denied("listing", root, null);
        }
        if (writing) {
            Path probe = FileUpload.newTemporary(root);
            try {
                Files.write(probe, new byte[] {1});
            } catch (IOException e) {
                throw FileFailures.of("writing a test file into", root, e);
            } finally {
                remove(probe);
            }
        }
    }

    @Override
    public void close() {
        // Nothing is held open between calls.
    }

    FileModes modes() {
        return modes;
    }

    Path path(String key) {
        return root.resolve(Keys.checked(key));
    }

    static StoredObject object(String key, BasicFileAttributes attributes) {
        return new StoredObject(key, attributes.size(), null, attributes.lastModifiedTime().toInstant());
    }

    void requireRoot(String doing) {
        if (!Files.isDirectory(root)) {
            throw new StoreException(FailureKind.PERMANENT, "folder-missing",
                    doing + ": the repository's folder " + root + " does not exist",
                    "mount or create it, owned by the service's user", null);
        }
    }

    /** Removes a temporary file and the folders that held nothing else. */
    void remove(Path file) {
        try {
            Files.deleteIfExists(file);
            removeEmptyParents(file.getParent());
        } catch (IOException e) {
            throw FileFailures.of("removing the temporary file", file, e);
        }
    }

    /** A folder that another create has just filled stays. */
    private void removeEmptyParents(Path folder) throws IOException {
        Path current = folder;
        while (!current.equals(root) && current.startsWith(root)) {
            try {
                Files.deleteIfExists(current);
            } catch (DirectoryNotEmptyException e) {
                return;
            }
            current = current.getParent();
        }
    }

    private String key(Path file) {
        return root.relativize(file).toString();
    }

    private static boolean isTemporary(Path file) {
        return file.getFileName().toString().startsWith(TEMPORARY);
    }

    private interface Visit {
        void file(Path file, BasicFileAttributes attributes);
    }

    private static void walk(Path folder, Visit visit) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    visit.file(file, attributes);
                    return FileVisitResult.CONTINUE;
                }

                /** What is deleted while the walk runs is not there, which is no error. */
                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }
            });
        } catch (IOException e) {
            throw FileFailures.of("listing", folder, e);
        }
    }
}
