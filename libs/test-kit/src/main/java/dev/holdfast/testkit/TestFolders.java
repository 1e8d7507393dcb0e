package dev.holdfast.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Short folders for servers (a unix socket's path has at most 107 bytes), named after the JVM that owns them, so that
 * the next one removes what a killed one left.
 */
final class TestFolders {

    private static final Pattern NAME = Pattern.compile("hf-pg-(\\d+)-\\d+");
    private static final Path PARENT = Path.of("/tmp");
    private static boolean swept;

    private TestFolders() {
    }

    static synchronized Path create() throws IOException {
        if (!swept) {
            swept = true;
            sweep();
        }
        return Files.createTempDirectory(PARENT, "hf-pg-" + ProcessHandle.current().pid() + "-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    private static void sweep() throws IOException {
        try (Stream<Path> entries = Files.list(PARENT)) {
            entries.filter(TestFolders::ownerIsDead).forEach(TestFolders::delete);
        }
    }

    private static boolean ownerIsDead(Path folder) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
    }

    static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException e) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("removing " + folder, e);
        }
    }
}
