package dev.holdfast.repository.store;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One part of an upload in memory, so that it can be sent again. Blocks come as they are needed and are kept for the
 * next part: a small object takes little, a large one exactly a part.
 */
final class PartBuffer {

    private static final int BLOCK = 1 << 20;

    private final List<byte[]> blocks = new ArrayList<>();
    private final int capacity;
    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest md5 = digest("MD5");
    private int size;

    PartBuffer(int capacity) {
        this.capacity = capacity;
    }

    /** Takes as many bytes as fit and says how many. */
    int write(byte[] bytes, int offset, int length) {
        int taken = 0;
        while (taken < length && size < capacity) {
            int block = size / BLOCK;
            int within = size % BLOCK;
            if (block == blocks.size()) {
                blocks.add(new byte[BLOCK]);
            }
            int count = Math.min(Math.min(length - taken, BLOCK - within), capacity - size);
            System.arraycopy(bytes, offset + taken, blocks.get(block), within, count);
            taken += count;
            size += count;
        }
        sha256.update(bytes, offset, taken);
        md5.update(bytes, offset, taken);
        return taken;
    }

    boolean isFull() {
        return size == capacity;
    }

    int size() {
        return size;
    }

    /** The content from its start, as often as it is asked for. */
    InputStream open() {
        List<InputStream> streams = new ArrayList<>();
        for (int start = 0; start < size; start += BLOCK) {
            streams.add(new ByteArrayInputStream(blocks.get(start / BLOCK), 0, Math.min(BLOCK, size - start)));
        }
        return new SequenceInputStream(Collections.enumeration(streams));
    }

    /** What is in it; asked once per content, before it is cleared. */
    Sums sums() {
        return new Sums(size, sha256.digest(), md5.digest());
    }

    void clear() {
        size = 0;
    }

    /** Size and checksums of one part. */
    record Sums(long size, byte[] sha256, byte[] md5) {
    }

    static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + name, e);
        }
    }
}
