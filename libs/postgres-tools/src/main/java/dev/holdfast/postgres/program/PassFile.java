package dev.holdfast.postgres.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.Failures;
import dev.holdfast.postgres.Password;

/**
 * A password for one program run, in a file that only this user reads (PostgreSQL manual, "The Password File"),
 * gone when the program ended. Folders are named after their process, so that what a killed one left is removed.
 */
final class PassFile {

    private static final Logger LOG = LoggerFactory.getLogger(PassFile.class);
    private static final String PREFIX = "holdfast-pass-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d+)-.*");
    private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();
    private static boolean swept;

    static {
        // Not here and now: programs that start while the work is being ended would fail for want of a password. What the
        // work does not delete by itself is deleted when all shutdown hooks are done.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> IN_USE.forEach(PassFile::deleteAtTheVeryEnd), "remove-passfiles"));
    }

    private final Path folder;

    private PassFile(Path folder) {
        this.folder = folder;
    }

    /** @throws HoldfastException when it can't be written, or the password holds a line break, which no passfile can */
    static PassFile write(Password password) {
        if (password.reveal().chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
            throw Failures.permanent("password-with-line-break", "writing a passfile: the password holds a line break or a zero byte",
                    "Set a password of one line; a trailing line break often comes from the file it is read from.");
        }
        try {
            sweepOnce();
            Path folder = Files.createTempDirectory(parent(), PREFIX + ProcessHandle.current().pid() + "-", permissions("rwx------"));
            IN_USE.add(folder);
            Path file = Files.createFile(folder.resolve("pgpass"), permissions("rw-------"));
            String escaped = password.reveal().replace("\\", "\\\\").replace(":", "\\:");
            Files.write(file, ("*:*:*:*:" + escaped + "\n").getBytes(StandardCharsets.UTF_8));
            return new PassFile(folder);
        } catch (IOException e) {
            throw new HoldfastException(FailureKind.RETRIABLE, "passfile-not-written",
                    "writing a passfile in " + parent() + ": " + e, "Check that the folder is there and not full.", e);
        }
    }

    Path path() {
        return folder.resolve("pgpass");
    }

    void delete() {
        delete(folder);
        IN_USE.remove(folder);
    }

    private static void deleteAtTheVeryEnd(Path folder) {
        folder.toFile().deleteOnExit(); // those that are told last go first
        folder.resolve("pgpass").toFile().deleteOnExit();
    }

    private static void delete(Path folder) {
        try {
            Files.deleteIfExists(folder.resolve("pgpass"));
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.error("a passfile could not be removed from {}; remove it by hand", folder, e);
        }
    }

    /** Memory where there is such a folder: then the password never reaches a disk. */
    private static Path parent() {
        Path memory = Path.of("/dev/shm");
        return Files.isDirectory(memory) && Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static synchronized void sweepOnce() throws IOException {
        if (swept) {
            return;
        }
        swept = true;
        try (Stream<Path> entries = Files.list(parent())) {
            for (Path entry : entries.toList()) {
                if (leftByDead(entry)) {
                    delete(entry);
                }
            }
        }
    }

    private static boolean leftByDead(Path entry) {
        Matcher name = NAME.matcher(entry.getFileName().toString());
        try {
            return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
                    && Files.getOwner(entry).equals(Files.getOwner(Path.of("/proc/self")));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            LOG.warn("looking at {}, which a killed process may have left", entry, e);
            return false;
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> permissions(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }
}
