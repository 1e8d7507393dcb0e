package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The classic comfort of a backup folder: {@code db/<alias>/latest}, a symbolic link to the newest verified backup.
 * It is for people; Holdfast never reads it, and listings leave it out.
 */
public final class LatestLink {

    private final Path root;

    LatestLink(Path root) {
        this.root = root;
    }

    /** Points the link at the backup, replacing an older one in one step. */
    public void point(String alias, BackupId id) {
        Path link = link(alias);
        Path fresh = link.resolveSibling(".tmp-latest-" + AttemptFolder.newNonce());
        try {
            Files.createSymbolicLink(fresh, Path.of(id.toString()));
            Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | UnsupportedOperationException e) {
            throw new RepositoryException(FailureKind.RETRIABLE, "latest-link-failed",
                    "pointing " + link + " at " + id + ": " + e,
                    "let the service's user write in " + link.getParent() + "; backups do not depend on the link", e);
        }
    }

    /** Where the link points, empty where there is none. */
    public Optional<BackupId> target(String alias) {
        try {
            return Layout.backupId(Files.readSymbolicLink(link(alias)).toString());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new RepositoryException(FailureKind.PERMANENT, "latest-link-failed",
                    "reading the link " + link(alias) + ": " + e, "remove what is there in its place", e);
        }
    }

    /** Takes the link away where there is one. */
    public void remove(String alias) {
        Path link = link(alias);
        try {
            if (Files.isSymbolicLink(link)) {
                Files.delete(link);
            }
        } catch (NoSuchFileException e) {
            return; // another verifier was faster
        } catch (IOException e) {
            throw new RepositoryException(FailureKind.RETRIABLE, "latest-link-failed", "removing " + link + ": " + e,
                    "let the service's user write in " + link.getParent() + "; backups do not depend on the link", e);
        }
    }

    private Path link(String alias) {
        return root.resolve(Layout.database(alias)).resolve("latest");
    }
}
