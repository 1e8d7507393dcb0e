package dev.holdfast.repository.write;

import java.time.Duration;
import java.util.Objects;

/**
 * Bounds of one run's writing.
 *
 * @param chunkBytes   size of a buffer
 * @param queueChunks  buffers that may wait for one repository
 * @param stallAfter   a repository that does not take one buffer within this time loses its copy
 * @param commitWithin likewise for making one stored object visible and confirmed (flushing may take long)
 */
public record CopySettings(int chunkBytes, int queueChunks, Duration stallAfter, Duration commitWithin) {

    public static final CopySettings DEFAULT =
            new CopySettings(1 << 20, 8, Duration.ofMinutes(2), Duration.ofMinutes(15));

    public CopySettings {
        Objects.requireNonNull(stallAfter, "stallAfter");
        Objects.requireNonNull(commitWithin, "commitWithin");
        if (chunkBytes < 1 || queueChunks < 1) {
            throw new IllegalArgumentException("a queue holds at least one buffer of at least one byte");
        }
    }

    public CopySettings withStallAfter(Duration other) {
        return new CopySettings(chunkBytes, queueChunks, other, commitWithin);
    }
}
