package dev.holdfast.repository.write;

import dev.holdfast.repository.manifest.Manifest;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the stored stream into parts and hands each buffer to every repository that still takes part. A part is
 * committed when the next one begins, the last one by {@link #commitLast()} only: a stream that fits one part leaves no
 * object when its producer fails.
 */
final class PartSplitter {

    private final StreamSpec spec;
    private final BackupCopies copies;
    private final HashLane hash;
    private final List<Long> sizes = new ArrayList<>();
    private String key;
    private long written;

    PartSplitter(StreamSpec spec, BackupCopies copies, HashLane hash) {
        this.spec = spec;
        this.copies = copies;
        this.hash = hash;
    }

    /** How many bytes the next buffer may hold so that it crosses no boundary. */
    int room(int chunkBytes) {
        long left = key == null || written == spec.partBytes() ? spec.partBytes() : spec.partBytes() - written;
        return (int) Math.min(chunkBytes, left);
    }

    /** Takes a filled buffer over from the caller. */
    void push(Chunk chunk) throws InterruptedException {
        if (key == null) {
            beginPart();
        } else if (written == spec.partBytes()) {
            endPart();
            copies.commit(key);
            beginPart();
        }
        written += chunk.length;
        chunk.hold();
        hash.update(chunk);
        copies.write(key, chunk);
    }

    /** Nothing more comes; the last part stays uncommitted. */
    void finish() throws InterruptedException {
        if (key != null) {
            endPart();
        }
    }

    void commitLast() throws InterruptedException {
        if (key != null) {
            copies.commit(key);
        }
    }

    List<Manifest.Part> parts() throws InterruptedException {
        List<String> digests = hash.parts();
        List<Manifest.Part> parts = new ArrayList<>();
        for (int number = 0; number < sizes.size(); number++) {
            parts.add(new Manifest.Part(spec.keyOfPart().apply(number), sizes.get(number), digests.get(number)));
        }
        return List.copyOf(parts);
    }

    private void beginPart() throws InterruptedException {
        key = spec.keyOfPart().apply(sizes.size());
        written = 0;
        copies.begin(key);
    }

    private void endPart() throws InterruptedException {
        sizes.add(written);
        hash.endPart();
    }
}
