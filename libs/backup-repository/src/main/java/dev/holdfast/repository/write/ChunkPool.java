package dev.holdfast.repository.write;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The only memory that grows with lag, and its bound. Buffers are made when first needed; the limit is every queue full
 * plus one buffer in each hand, so waiting for one happens on full queues, where stalls are noticed, and never here.
 */
final class ChunkPool {

    private final int chunkBytes;
    private final int limit;
    private final BlockingQueue<Chunk> free;
    private final AtomicInteger made = new AtomicInteger();

    ChunkPool(int chunkBytes, int limit) {
        this.chunkBytes = chunkBytes;
        this.limit = limit;
        this.free = new ArrayBlockingQueue<>(limit);
    }

    /** A buffer held once, by the caller. */
    Chunk take() throws InterruptedException {
        Chunk chunk = free.poll();
        if (chunk == null) {
            chunk = made.getAndUpdate(count -> Math.min(limit, count + 1)) < limit
                    ? new Chunk(this, chunkBytes)
                    : free.take();
        }
        chunk.length = 0;
        chunk.hold();
        return chunk;
    }

    void giveBack(Chunk chunk) {
        free.add(chunk);
    }

    int chunkBytes() {
        return chunkBytes;
    }

    /** Buffers made so far, whether free or in use. */
    int made() {
        return made.get();
    }

    int limit() {
        return limit;
    }
}
