package dev.holdfast.repository.write;

import java.io.InterruptedIOException;
import java.io.IOException;
import java.io.OutputStream;

/** Collects what an encoder writes into pooled buffers. Closing hands on the last one and commits nothing. */
final class ChunkOutput extends OutputStream {

    private final ChunkPool pool;
    private final PartSplitter splitter;
    private Chunk chunk;
    private int room;
    private boolean discarding;

    ChunkOutput(ChunkPool pool, PartSplitter splitter) {
        this.pool = pool;
        this.splitter = splitter;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = discarding ? 0 : length;
        while (left > 0) {
            if (chunk == null) {
                begin();
            }
            int step = Math.min(left, room - chunk.length);
            System.arraycopy(bytes, from, chunk.bytes, chunk.length, step);
            chunk.length += step;
            from += step;
            left -= step;
            if (chunk.length == room) {
                handOn();
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (chunk != null) {
            handOn();
        }
    }

    /** The stream is given up: an encoder that is closed to free its native memory writes its end to nowhere. */
    void discard() {
        discarding = true;
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
    }

    private void begin() throws IOException {
        try {
            chunk = pool.take();
            room = splitter.room(pool.chunkBytes());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void handOn() throws IOException {
        Chunk full = chunk;
        chunk = null;
        try {
            splitter.push(full);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static InterruptedIOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        InterruptedIOException io = new InterruptedIOException("the run was told to stop");
        io.initCause(cause);
        return io;
    }
}
