package dev.holdfast.repository.write;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.holdfast.failure.HoldfastException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compression around the stream and encryption, on a thread of their own; zstd brings more of its own. */
final class EncoderLane {

    private static final Logger log = LoggerFactory.getLogger(EncoderLane.class);

    /** pg_dump's own default for zstd (manual, pg_dump, {@code --compress}) is the library's default, level 3. */
    private static final int LEVEL = 3;

    private final StreamSpec spec;
    private final ChunkOutput stored;
    private final Lane lane;
    private OutputStream encoder;

    EncoderLane(StreamSpec spec, ChunkOutput stored, int queueChunks) {
        this.spec = spec;
        this.stored = stored;
        this.lane = new Lane("encode-" + spec.name(), queueChunks, this::giveUp,
                allowance -> new IllegalStateException("encoding has no allowance"));
    }

    /** Queues a buffer, which the caller holds once on this lane's behalf. */
    void write(Chunk chunk) throws InterruptedException {
        boolean accepted = lane.submit(new Lane.Step() {
            @Override
            public void run() throws IOException {
                try {
                    if (encoder == null) {
                        encoder = open();
                    }
                    encoder.write(chunk.bytes, 0, chunk.length);
                } finally {
                    chunk.release();
                }
            }

            @Override
            public void skip() {
                chunk.release();
            }
        }, null);
        if (!accepted) {
            throw failure();
        }
    }

    /** Ends the encodings and waits until everything has been handed on. */
    void finish() throws InterruptedException {
        lane.submit(() -> {
            if (encoder != null) {
                encoder.close();
                encoder = null;
                // An encryption that leaves the stream under it open must not leave its last buffer behind.
                stored.close();
            }
        }, null);
        lane.await();
        if (lane.failure() != null) {
            throw failure();
        }
    }

    void end() {
        lane.end(Duration.ofSeconds(5));
    }

    private void giveUp() {
        stored.discard();
        if (encoder != null) {
            try {
                encoder.close();
            } catch (IOException e) {
                log.warn("Freeing the encoder of the {} stream failed", spec.name(), e);
            }
        }
    }

    private OutputStream open() throws IOException {
        OutputStream encrypted = spec.encryption().before(stored);
        if (!spec.compression().equals(StreamSpec.ZSTD_AROUND)) {
            return encrypted;
        }
        ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(encrypted, LEVEL);
        zstd.setChecksum(true);
        zstd.setWorkers(Math.min(4, Runtime.getRuntime().availableProcessors()));
        return zstd;
    }

    private RuntimeException failure() {
        return lane.failure() instanceof HoldfastException known ? known
                : new IllegalStateException("encoding the " + spec.name() + " stream failed", lane.failure());
    }
}
