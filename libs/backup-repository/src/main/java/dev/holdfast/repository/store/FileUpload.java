package dev.holdfast.repository.store;

import dev.holdfast.failure.FailureKind;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.UUID;

/** Temporary file, fsync, link, fsync of the folders. */
final class FileUpload implements ObjectUpload {

    private final FileStore store;
    private final String key;
    private final Path file;
    private final Path temporary;
    private final FileChannel channel;
    private long written;
    private boolean done;

    FileUpload(FileStore store, String key) {
        this.store = store;
        this.key = key;
        this.file = store.path(key);
        store.requireRoot("creating " + key);
        this.temporary = newTemporary(file.getParent());
        this.channel = open();
    }

    /** Dead uploads are told by this name; {@link Keys} keeps it from being an object's. */
    static Path newTemporary(Path folder) {
        return folder.resolve(FileStore.TEMPORARY + UUID.randomUUID());
    }

    /** A concurrent delete may remove the folder while it is still empty, so its creation is tried again. */
    private FileChannel open() {
        for (int tries = 1;; tries++) {
            try {
                store.modes().createFolders(file.getParent());
                return FileChannel.open(temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        store.modes().ofNewFile());
            } catch (NoSuchFileException e) {
                if (tries == 5) {
                    throw FileFailures.of("creating", file, e);
                }
            } catch (IOException e) {
                throw FileFailures.of("creating", file, e);
            }
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        requireOpen();
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        try {
            while (buffer.hasRemaining()) {
                written += channel.write(buffer);
            }
        } catch (IOException e) {
            throw FileFailures.of("writing", file, e);
        }
    }

    @Override
    public StoredObject commit() {
        requireOpen();
        try {
            store.modes().open(temporary);
            channel.force(true);
            channel.close();
            Files.createLink(file, temporary);
            Files.delete(temporary);
            done = true;
            syncFolders();
            return confirm();
        } catch (FileAlreadyExistsException e) {
            throw FileFailures.exists(file, e);
        } catch (IOException | UnsupportedOperationException e) {
            throw FileFailures.of("creating", file, e instanceof IOException io ? io : new IOException(e));
        }
    }

    /** The name is safe only when every folder that was made for it is, up to the root. */
    private void syncFolders() throws IOException {
        for (Path folder = file.getParent(); folder.startsWith(store.root()); folder = folder.getParent()) {
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
    }

    private StoredObject confirm() throws IOException {
        StoredObject stored = FileStore.object(key, Files.readAttributes(file, BasicFileAttributes.class));
        if (stored.size() != written) {
            throw new StoreException(FailureKind.RETRIABLE, "object-not-confirmed", "creating " + file + ": "
                    + written + " bytes were written, the file system says " + stored.size(),
                    "check the file system", null);
        }
        return stored;
    }

    @Override
    public void abort() {
        if (!done) {
            done = true;
            try {
                channel.close();
            } catch (IOException e) {
                throw FileFailures.of("closing", temporary, e);
            } finally {
                store.remove(temporary);
            }
        }
    }

    @Override
    public void close() {
        abort();
    }

    private void requireOpen() {
        if (done) {
            throw new IllegalStateException("the upload of " + key + " is over");
        }
    }
}
