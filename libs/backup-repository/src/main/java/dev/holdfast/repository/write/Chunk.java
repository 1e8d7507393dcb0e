package dev.holdfast.repository.write;

import java.util.concurrent.atomic.AtomicInteger;

/** A pooled buffer that several lanes read at once; the last one to let go gives it back. */
final class Chunk {

    private final ChunkPool pool;
    private final AtomicInteger holders = new AtomicInteger();
    final byte[] bytes;
    int length;

    Chunk(ChunkPool pool, int capacity) {
        this.pool = pool;
        this.bytes = new byte[capacity];
    }

    void hold() {
        holders.incrementAndGet();
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            pool.giveBack(this);
        }
    }
}
