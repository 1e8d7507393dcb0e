package dev.holdfast.cli.demo;

import dev.holdfast.postgres.scratch.FolderTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The one folder that everything of a demo lies in. Others may pass through it (the servers run as another user), not list it. */
final class DemoFolder {

    private final Path path;
    private boolean deleted;

    private DemoFolder(Path path) {
        this.path = path;
    }

    /** A new one in the folder for temporary files, since a socket's path below it may have 107 bytes only. */
    static DemoFolder create() {
        try {
            Path path = Files.createTempDirectory("holdfast-demo-");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
            return new DemoFolder(path);
        } catch (IOException e) {
            throw new UncheckedIOException("making the demo's folder", e);
        }
    }

    Path path() {
        return path;
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

    /** A file that only this user reads. */
    Path writeSecret(String name, String content) {
        Path file = write(name, content);
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException("protecting " + file, e);
        }
        return file;
    }

    synchronized Path write(String name, String content) {
        if (deleted) {
            throw new IllegalStateException(path + " is removed already");
        }
        Path file = path.resolve(name);
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException("writing " + file, e);
        }
    }

    /** Removes it and all in it; a file that a stopping server removes meanwhile is no failure. */
    synchronized void delete() {
        deleted = true;
        try {
            FolderTree.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException("removing " + path + "; remove it yourself", e);
        }
    }
}
