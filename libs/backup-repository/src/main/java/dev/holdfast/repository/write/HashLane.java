package dev.holdfast.repository.write;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * SHA-256 of a whole stream and of each of its parts, on a thread of its own. The first part begins where the stream
 * does, so its digest is a copy of the stream's: a stream that was never split is hashed once.
 */
final class HashLane {

    private final Lane lane;
    private final MessageDigest whole = sha256();
    private final List<String> parts = new ArrayList<>();
    private MessageDigest part;

    HashLane(String name, int queueChunks) {
        this.lane = new Lane(name, queueChunks, () -> { }, allowance -> new IllegalStateException("hashing has no allowance"));
    }

    /** Queues a buffer, which the caller holds once on this lane's behalf. */
    void update(Chunk chunk) throws InterruptedException {
        lane.submit(new Lane.Step() {
            @Override
            public void run() {
                try {
                    whole.update(chunk.bytes, 0, chunk.length);
                    if (part != null) {
                        part.update(chunk.bytes, 0, chunk.length);
                    }
                } finally {
                    chunk.release();
                }
            }

            @Override
            public void skip() {
                chunk.release();
            }
        }, null);
    }

    /** The part ends here and the next, if any, begins. */
    void endPart() throws InterruptedException {
        lane.submit(() -> {
            parts.add(hex(part == null ? copy(whole) : part));
            part = sha256();
        }, null);
    }

    /** Waits for all that was queued; the digest of the whole in lower-case hex. */
    String whole() throws InterruptedException {
        lane.await();
        requireHealthy();
        return hex(copy(whole));
    }

    /** Waits for all that was queued; a digest for each ended part. */
    List<String> parts() throws InterruptedException {
        lane.await();
        requireHealthy();
        return List.copyOf(parts);
    }

    void end() {
        lane.end(Duration.ofSeconds(5));
    }

    private void requireHealthy() {
        if (lane.failure() != null) {
            throw new IllegalStateException("hashing a stream failed", lane.failure());
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of the Java platform can be cloned", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
