package dev.holdfast.repository.write;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.AttemptFolder;
import dev.holdfast.repository.BackupWriter;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.manifest.Manifest;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * One run's copies, written to every repository at once and byte-identical in all. A repository that fails or stalls
 * loses its copy and holds up nobody; the run fails when none is left. Used by one thread:
 *
 * <ol>
 * <li>{@link #prepare}</li>
 * <li>{@link #write} each stream; nothing of its last part is visible yet</li>
 * <li>{@link #commitStreams} once every producer has succeeded</li>
 * <li>{@link #commitManifest}, which makes it a backup</li>
 * <li>{@link #close}, which aborts whatever was not committed</li>
 * </ol>
 */
public final class BackupCopies implements AutoCloseable {

    private static final Duration END_WITHIN = Duration.ofSeconds(5);

    private final CopySettings settings;
    private final List<CopyLane> lanes;
    private final List<StreamWrite> streams = new ArrayList<>();
    private final AtomicLong plainBytes = new AtomicLong();
    private final AtomicLong storedBytes = new AtomicLong();

    /**
     * @param folder  where this attempt writes, the same in every repository
     * @param writers one for each repository of the policy
     */
    public BackupCopies(AttemptFolder folder, List<BackupWriter> writers, CopySettings settings) {
        if (writers.isEmpty()) {
            throw new IllegalArgumentException("a backup goes to at least one repository");
        }
        this.settings = settings;
        this.lanes = writers.stream().map(writer -> new CopyLane(writer, folder, settings)).toList();
    }

    /** Proves that the repositories take new objects; those that don't lose their copy before anything is read. */
    public void prepare() {
        uninterrupted(() -> {
            for (CopyLane lane : lanes) {
                lane.prepare();
            }
            awaitAll();
            return null;
        });
    }

    /**
     * Writes a stream until its end, then waits for its producer's verdict.
     *
     * @param produced          closed by the caller
     * @param producerSucceeded called after the last byte was read; throws where the producer failed, and then nothing of the
     *                          part in progress ever becomes visible
     * @throws HoldfastException code {@code dump-empty} where the producer succeeded without a byte, the repository's
     *                           own failure where none is left, or what {@code producerSucceeded} throws
     */
    public void write(StreamSpec spec, InputStream produced, Runnable producerSucceeded) {
        StreamWrite stream = new StreamWrite(spec, this, settings, lanes.size());
        streams.add(stream);
        uninterrupted(() -> {
            stream.run(produced, producerSucceeded);
            awaitAll();
            return null;
        });
    }

    /** Commits the last part of every stream and waits for each store's confirmation of size and checksum. */
    public List<Manifest.DataStream> commitStreams() {
        return uninterrupted(() -> {
            for (StreamWrite stream : streams) {
                stream.commitLast();
            }
            awaitAll();
            List<Manifest.DataStream> described = new ArrayList<>();
            for (StreamWrite stream : streams) {
                described.add(stream.describe());
            }
            return List.copyOf(described);
        });
    }

    /** Creates the manifest in every repository that holds all of the data; last, and the same bytes everywhere. */
    public void commitManifest(ManifestDocument manifest) {
        uninterrupted(() -> {
            for (CopyLane lane : lanes) {
                lane.commit(manifest);
            }
            awaitAll();
            return null;
        });
    }

    /** Repositories that have lost their copy so far. */
    public List<LostCopy> lost() {
        return lanes.stream().filter(CopyLane::lost).map(CopyLane::loss).toList();
    }

    /** Names of the repositories that still take part. */
    public List<String> alive() {
        return lanes.stream().filter(lane -> !lane.lost()).map(CopyLane::repository).toList();
    }

    /** Bytes read from the producers so far; readable from any thread. */
    public long plainBytes() {
        return plainBytes.get();
    }

    /** Bytes of each copy so far; readable from any thread. */
    public long storedBytes() {
        return storedBytes.get();
    }

    @Override
    public void close() {
        streams.forEach(StreamWrite::end);
        lanes.forEach(lane -> lane.end(END_WITHIN));
    }

    void begin(String key) throws InterruptedException {
        for (CopyLane lane : lanes) {
            lane.begin(key);
        }
        requireOneAlive();
    }

    /** Takes the caller's hold on the buffer over. */
    void write(String key, Chunk chunk) throws InterruptedException {
        storedBytes.addAndGet(chunk.length);
        try {
            for (CopyLane lane : lanes) {
                chunk.hold();
                lane.write(key, chunk);
            }
        } finally {
            chunk.release();
        }
        requireOneAlive();
    }

    void commit(String key) throws InterruptedException {
        for (CopyLane lane : lanes) {
            lane.commit(key);
        }
    }

    void countPlain(int bytes) {
        plainBytes.addAndGet(bytes);
    }

    private void awaitAll() throws InterruptedException {
        for (CopyLane lane : lanes) {
            lane.await();
        }
        requireOneAlive();
    }

    private void requireOneAlive() {
        List<LostCopy> lost = lost();
        if (lost.size() < lanes.size()) {
            return;
        }
        if (lost.size() == 1) {
            throw lost.getFirst().failure();
        }
        boolean hopeless = lost.stream().allMatch(copy -> copy.failure().kind() == FailureKind.PERMANENT);
        throw new HoldfastException(hopeless ? FailureKind.PERMANENT : FailureKind.RETRIABLE, "every-repository-failed",
                "Every repository lost its copy: " + lost.stream()
                        .map(copy -> copy.repository() + " (" + copy.failure().code() + ": "
                                + copy.failure().getMessage() + ")")
                        .collect(Collectors.joining("; ")),
                lost.getFirst().failure().nextStep(), lost.getFirst().failure());
    }

    private interface Interruptible<T> {

        T call() throws InterruptedException;
    }

    private static <T> T uninterrupted(Interruptible<T> act) {
        try {
            return act.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HoldfastException(FailureKind.RETRIABLE, "run-interrupted",
                    "Writing the copies was told to stop", "Request the backup again.", e);
        }
    }
}
