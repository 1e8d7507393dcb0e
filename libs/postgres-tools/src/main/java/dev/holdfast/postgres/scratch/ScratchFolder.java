package dev.holdfast.postgres.scratch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of its own for one scratch cluster, beside a lock file that this process holds locked while it lives:
 * a folder whose lock is free was left by a dead one and is removed.
 */
final class ScratchFolder {

    private static final Logger LOG = LoggerFactory.getLogger(ScratchFolder.class);
    private static final String PREFIX = "scratch-";
    private static final String LOCK = ".lock";
    /** A POSIX lock is lost when the process closes any other channel of the file: our own are never opened again. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Path lockFile;
    private final FileChannel lock;

    private ScratchFolder(Path path, Path lockFile, FileChannel lock) {
        this.path = path;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    static ScratchFolder create(Path parent) throws IOException {
        Files.createDirectories(parent);
        Path real = parent.toRealPath();
        removeLeftovers(real);
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        Path path = real.resolve(PREFIX + HexFormat.of().formatHex(random));
        Path lockFile = real.resolve(path.getFileName() + LOCK);
        OWN.add(lockFile);
        FileChannel lock = FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        lock.lock();
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new ScratchFolder(path, lockFile, lock);
    }

    Path path() {
        return path;
    }

    void remove() throws IOException {
        FolderTree.delete(path);
        Files.deleteIfExists(lockFile);
        lock.close();
        OWN.remove(lockFile);
    }

    private static void removeLeftovers(Path parent) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            for (Path entry : entries.filter(file -> file.getFileName().toString().matches(PREFIX + "[0-9a-f]{8}\\.lock")).toList()) {
                if (!OWN.contains(entry)) {
                    removeIfDead(parent, entry);
                }
            }
        }
    }

    private static void removeIfDead(Path parent, Path lockFile) throws IOException {
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE); FileLock held = channel.tryLock()) {
            if (held != null) {
                String name = lockFile.getFileName().toString();
                Path left = parent.resolve(name.substring(0, name.length() - LOCK.length()));
                LOG.info("removing {}, which a process that is gone left", left);
                FolderTree.delete(left);
                Files.deleteIfExists(lockFile);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone by itself", lockFile);
        } catch (OverlappingFileLockException e) {
            LOG.debug("{} belongs to this process", lockFile);
        }
    }
}
