package dev.holdfast.repository.write;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.AttemptFolder;
import dev.holdfast.repository.BackupWriter;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.store.ObjectUpload;
import dev.holdfast.repository.store.StoreException;
import dev.holdfast.repository.store.StoredObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One repository's side of the fan-out: its queue, its thread and the uploads it has open. */
final class CopyLane {

    private static final Logger log = LoggerFactory.getLogger(CopyLane.class);

    /** An upload in progress; touched by the lane's thread only. */
    private static final class Open {

        final ObjectUpload upload;
        long bytes;

        Open(ObjectUpload upload) {
            this.upload = upload;
        }
    }

    private final BackupWriter writer;
    private final AttemptFolder folder;
    private final CopySettings settings;
    private final Map<String, Open> open = new LinkedHashMap<>();
    private final Lane lane;
    private boolean begun;

    CopyLane(BackupWriter writer, AttemptFolder folder, CopySettings settings) {
        this.writer = writer;
        this.folder = folder;
        this.settings = settings;
        this.lane = new Lane("copy-" + writer.repositoryName(), settings.queueChunks(), this::abort, this::stalled);
    }

    String repository() {
        return writer.repositoryName();
    }

    boolean prepare() throws InterruptedException {
        return lane.submit(writer::prepare, settings.stallAfter());
    }

    boolean begin(String key) throws InterruptedException {
        return lane.submit(() -> {
            begun = true;
            open.put(key, new Open(writer.create(folder, key)));
        }, settings.stallAfter());
    }

    /** Queues a buffer, which the caller holds once on this lane's behalf. */
    boolean write(String key, Chunk chunk) throws InterruptedException {
        return lane.submit(new Lane.Step() {
            @Override
            public void run() {
                try {
                    Open part = open.get(key);
                    part.upload.write(chunk.bytes, 0, chunk.length);
                    part.bytes += chunk.length;
                } finally {
                    chunk.release();
                }
            }

            @Override
            public void skip() {
                chunk.release();
            }
        }, settings.stallAfter());
    }

    boolean commit(String key) throws InterruptedException {
        return lane.submit(() -> {
            Open part = open.get(key);
            StoredObject stored = part.upload.commit();
            open.remove(key);
            if (stored.size() != part.bytes) {
                throw new StoreException(FailureKind.RETRIABLE, "object-not-confirmed",
                        "Storing " + key + " in repository '" + repository() + "': " + part.bytes
                                + " bytes were written, the store says " + stored.size(),
                        "Check the store's health; the next attempt writes under new keys.", null);
            }
        }, settings.commitWithin());
    }

    boolean commit(ManifestDocument manifest) throws InterruptedException {
        return lane.submit(() -> writer.commit(manifest), settings.commitWithin());
    }

    void await() throws InterruptedException {
        lane.await();
    }

    boolean lost() {
        return lane.failure() != null;
    }

    LostCopy loss() {
        Throwable failure = lane.failure();
        if (failure == null) {
            throw new IllegalStateException(repository() + " has its copy");
        }
        return new LostCopy(repository(), failure instanceof HoldfastException known ? known
                : new HoldfastException(FailureKind.BUG, "repository-failed",
                        "Writing to repository '" + repository() + "' failed: " + failure,
                        "See the log for the cause and report it.", failure));
    }

    void end(Duration within) {
        if (!lane.end(within)) {
            log.warn("Repository {} is still busy with a step it was told to end; what it began is aborted when the step"
                    + " returns", repository());
        }
    }

    private HoldfastException stalled(Duration allowance) {
        return new StoreException(FailureKind.RETRIABLE, "repository-stalled",
                "Writing to repository '" + repository() + "' made no progress for " + allowance.toSeconds() + " s",
                "Check the store and the network to it; the database's other repositories were not held up.", null);
    }

    private void abort() {
        open.forEach((key, part) -> {
            try {
                part.upload.abort();
            } catch (RuntimeException e) {
                log.warn("Repository {}: the upload of {} could not be aborted", repository(), key, e);
            }
        });
        open.clear();
        if (begun && lost()) {
            abortUnseen();
        }
    }

    /** A store may have begun what it then failed to answer. */
    private void abortUnseen() {
        try {
            writer.abortUploads(folder);
        } catch (RuntimeException e) {
            log.warn("Repository {}: uploads below {} could not be looked for; what is left of them is an orphan",
                    repository(), folder.prefix(), e);
        }
    }
}
