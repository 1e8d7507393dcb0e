package dev.holdfast.repository.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Who may read what is written: the root folder says it, not the umask of the service that happens to write. Folders get
 * the root's permissions for owner and group, and files are readable to the group where the root is; others get nothing.
 * PostgreSQL derives group access to its files from its data folder in the same way (manual, initdb
 * {@code --allow-group-access}). Where files have no such permissions the file system decides.
 */
final class FileModes {

    private static final Set<PosixFilePermission> OTHERS = Set.of(PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);
    private static final FileAttribute<?> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final int PERMISSIONS = 0777;

    private final Path root;

    FileModes(Path root) {
        this.root = root;
    }

    /** What a file is created with, so that it is never wider than it ends up. */
    FileAttribute<?>[] ofNewFile() {
        return supported() ? new FileAttribute<?>[] {PRIVATE_FILE} : new FileAttribute<?>[0];
    }

    void open(Path file) throws IOException {
        if (supported()) {
            Set<PosixFilePermission> wanted = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
            if (Files.getPosixFilePermissions(root).contains(PosixFilePermission.GROUP_READ)) {
                wanted.add(PosixFilePermission.GROUP_READ);
            }
            set(file, wanted);
        }
    }

    /** Makes the folder and those between it and the root; what is there stays as it is. */
    void createFolders(Path folder) throws IOException {
        if (folder.equals(root) || Files.isDirectory(folder)) {
            return;
        }
        createFolders(folder.getParent());
        try {
            Files.createDirectory(folder, supported() ? new FileAttribute<?>[] {PRIVATE_FOLDER} : new FileAttribute<?>[0]);
        } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(folder)) {
                return; // Another writer was faster, and sets its permissions.
            }
            throw e;
        }
        if (supported()) {
            Set<PosixFilePermission> wanted = EnumSet.copyOf(Files.getPosixFilePermissions(root));
            wanted.removeAll(OTHERS);
            wanted.addAll(PosixFilePermissions.fromString("rwx------"));
            set(folder, wanted);
        }
    }

    /** Keeps the set-group-id bit, by which a folder hands its group on. */
    private static void set(Path path, Set<PosixFilePermission> wanted) throws IOException {
        if (!Files.getPosixFilePermissions(path).equals(wanted)) {
            int special = (int) Files.getAttribute(path, "unix:mode") & ~PERMISSIONS & 07777;
            Files.setAttribute(path, "unix:mode", special | bits(wanted));
        }
    }

    private static int bits(Set<PosixFilePermission> permissions) {
        int bits = 0;
        for (PosixFilePermission permission : permissions) {
            bits |= 0400 >> permission.ordinal();
        }
        return bits;
    }

    private boolean supported() {
        return root.getFileSystem().supportedFileAttributeViews().contains("unix");
    }
}
