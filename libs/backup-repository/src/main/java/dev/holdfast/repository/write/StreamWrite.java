package dev.holdfast.repository.write;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.manifest.Manifest;
import java.io.IOException;
import java.io.InputStream;

/** One stream on its way: read here, hashed, encoded and stored on other threads. */
final class StreamWrite {

    private final StreamSpec spec;
    private final BackupCopies copies;
    private final ChunkPool pool;
    private final HashLane storedHash;
    private final PartSplitter splitter;
    /** Both null where the stream is stored as produced: its hash is the stored one then. */
    private final HashLane plainHash;
    private final EncoderLane encoder;
    private long plainBytes;

    StreamWrite(StreamSpec spec, BackupCopies copies, CopySettings settings, int repositories) {
        int queue = settings.queueChunks();
        int lanes = repositories + (spec.storedAsProduced() ? 1 : 3);
        this.spec = spec;
        this.copies = copies;
        this.pool = new ChunkPool(settings.chunkBytes(), lanes * (queue + 1) + 2);
        this.storedHash = new HashLane("hash-" + spec.name(), queue);
        this.splitter = new PartSplitter(spec, copies, storedHash);
        this.plainHash = spec.storedAsProduced() ? null : new HashLane("hash-plain-" + spec.name(), queue);
        this.encoder = spec.storedAsProduced() ? null
                : new EncoderLane(spec, new ChunkOutput(pool, splitter), queue);
    }

    void run(InputStream produced, Runnable producerSucceeded) throws InterruptedException {
        IOException unreadable = readAll(produced);
        producerSucceeded.run();
        if (unreadable != null) {
            throw new HoldfastException(FailureKind.RETRIABLE, "dump-unreadable",
                    "Reading the " + spec.name() + " stream from its program: " + unreadable.getMessage(),
                    "Request the backup again; if it recurs, look at the machine's log.", unreadable);
        }
        if (plainBytes == 0) {
            throw new HoldfastException(FailureKind.RETRIABLE, "dump-empty",
                    "Producing the " + spec.name() + " stream: the program reported success and wrote nothing",
                    "Check that the program in the tool folder is PostgreSQL's own; run it by hand.");
        }
        if (encoder != null) {
            encoder.finish();
        }
        splitter.finish();
    }

    void commitLast() throws InterruptedException {
        splitter.commitLast();
    }

    Manifest.DataStream describe() throws InterruptedException {
        String sha256 = plainHash == null ? storedHash.whole() : plainHash.whole();
        return new Manifest.DataStream(spec.name(), spec.format(), spec.compression(), plainBytes, sha256,
                splitter.parts());
    }

    void end() {
        if (encoder != null) {
            encoder.end();
            plainHash.end();
        }
        storedHash.end();
    }

    /** A pipe that breaks is its program's to explain, so the error waits until the program has been asked. */
    private IOException readAll(InputStream produced) throws InterruptedException {
        try {
            Chunk chunk = readChunk(produced);
            while (chunk != null) {
                plainBytes += chunk.length;
                copies.countPlain(chunk.length);
                handOn(chunk);
                chunk = readChunk(produced);
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private Chunk readChunk(InputStream produced) throws InterruptedException, IOException {
        Chunk chunk = pool.take();
        int room = encoder == null ? splitter.room(pool.chunkBytes()) : pool.chunkBytes();
        boolean filled = false;
        try {
            chunk.length = produced.readNBytes(chunk.bytes, 0, room);
            filled = chunk.length > 0;
        } finally {
            if (!filled) {
                chunk.release();
            }
        }
        return filled ? chunk : null;
    }

    private void handOn(Chunk chunk) throws InterruptedException {
        if (encoder == null) {
            splitter.push(chunk);
            return;
        }
        chunk.hold();
        plainHash.update(chunk);
        encoder.write(chunk);
    }
}
