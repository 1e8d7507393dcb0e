package dev.holdfast.repository.write;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.store.ObjectUpload;
import dev.holdfast.repository.store.StoreException;
import dev.holdfast.repository.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
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

    private final CopyTarget target;
    private final CopySettings settings;
    private final Map<String, Open> open = new LinkedHashMap<>();
    private final Lane lane;

    CopyLane(CopyTarget target, CopySettings settings) {
        this.target = target;
        this.settings = settings;
        this.lane = new Lane("copy-" + target.repository(), settings.queueChunks(), this::abortOpen, this::stalled);
    }

    String repository() {
        return target.repository();
    }

    boolean begin(String key) throws InterruptedException {
        return lane.submit(() -> open.put(key, new Open(target.store().create(key))), settings.stallAfter());
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
                        "Storing " + key + " at " + target.store().location() + ": " + part.bytes
                                + " bytes were written, the store says " + stored.size(),
                        "Check the store's health; the next attempt writes under new keys.", null);
            }
        }, settings.commitWithin());
    }

    boolean create(String key, byte[] content) throws InterruptedException {
        return lane.submit(() -> createOnce(key, content), settings.commitWithin());
    }

    /** A create whose answer was lost and that was sent again finds its own object: the same bytes are no conflict. */
    private void createOnce(String key, byte[] content) throws IOException {
        try {
            target.store().create(key, content);
        } catch (StoreException e) {
            if (!e.code().equals("object-exists")) {
                throw e;
            }
            try (InputStream stored = target.store().read(key, 0)) {
                if (!Arrays.equals(stored.readNBytes(content.length + 1), content)) {
                    throw e;
                }
            }
        }
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
                        "Writing to " + target.store().location() + " failed: " + failure,
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
                "Writing to " + target.store().location() + " made no progress for " + allowance.toSeconds() + " s",
                "Check the store and the network to it; the database's other repositories were not held up.", null);
    }

    private void abortOpen() {
        open.forEach((key, part) -> {
            try {
                part.upload.abort();
            } catch (RuntimeException e) {
                log.warn("Repository {}: the upload of {} could not be aborted; it is an orphan until the repository"
                        + " is swept", repository(), key, e);
            }
        });
        open.clear();
    }
}
