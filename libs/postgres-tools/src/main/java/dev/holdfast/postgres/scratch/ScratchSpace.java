package dev.holdfast.postgres.scratch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.Failures;

/**
 * Whether a restore has room. Needed: the database's size on its source and half of it again (sorting for index builds
 * writes temporary files), the write-ahead log, and 256 MB for the empty cluster. What proofs of this process that have
 * not ended were promised in the same folder counts as taken, although they may have written part of it already: a
 * proof that waits for its turn is better than two that fill the disk.
 */
public record ScratchSpace(Path folder, long neededBytes, long freeBytes) {

    private static final Map<Path, Long> PROMISED = new ConcurrentHashMap<>();

    /** Room that was promised to a proof until it is closed. */
    public interface Reserved extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * @param folder where scratch clusters are made; created when missing
     * @throws HoldfastException {@code scratch-failed} where it can't be made or looked at
     */
    public static ScratchSpace of(Path folder, long databaseBytes, ScratchSizing sizing) {
        try {
            Files.createDirectories(folder);
            long needed = databaseBytes + databaseBytes / 2 + ((sizing.maxWalSizeMb() + 256) << 20);
            return new ScratchSpace(folder, needed, Files.getFileStore(folder).getUsableSpace() - PROMISED.getOrDefault(folder, 0L));
        } catch (IOException e) {
            throw Failures.retriable("scratch-failed", "looking for free space in " + folder + ": " + e,
                    "Let the verifier's user write there, or name another folder as verifier.scratch.", e);
        }
    }

    /**
     * Looks and promises in one step.
     *
     * @throws HoldfastException {@code disk-full}, naming both numbers, or as {@link #of}
     */
    public static Reserved reserve(Path folder, long databaseBytes, ScratchSizing sizing) {
        synchronized (PROMISED) {
            ScratchSpace space = of(folder, databaseBytes, sizing);
            space.check();
            PROMISED.merge(folder, space.neededBytes(), Long::sum);
            AtomicBoolean held = new AtomicBoolean(true);
            return () -> {
                if (held.getAndSet(false)) {
                    PROMISED.merge(folder, -space.neededBytes(), Long::sum);
                }
            };
        }
    }

    public boolean isEnough() {
        return freeBytes >= neededBytes;
    }

    /** @throws HoldfastException {@code disk-full}, naming both numbers */
    public void check() {
        if (!isEnough()) {
            throw Failures.permanent("disk-full",
                    "making room for a restore in %s: it needs %d MB and %d MB are free or not promised to another proof".formatted(folder, neededBytes >> 20, freeBytes >> 20),
                    "Free space there, or name a larger disk as verifier.scratch.");
        }
    }
}
