package dev.holdfast.restore.compare;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * An order-independent hash of many things: the sum of their SHA-256 digests modulo 2^256, and how many there were.
 * Adding is commutative, so rows in another order give the same sum; a row that is there twice counts twice (an
 * exclusive or would lose it). Not thread-safe.
 */
final class MultisetHash {

    private static final int WORDS = 4;

    private final long[] sum = new long[WORDS];
    private long count;

    /** Adds one thing by its SHA-256 digest of 32 bytes. */
    void add(byte[] sha256) {
        ByteBuffer words = ByteBuffer.wrap(sha256);
        long[] other = new long[WORDS];
        for (int i = WORDS - 1; i >= 0; i--) {
            other[i] = words.getLong();
        }
        plus(other);
        count++;
    }

    /** Adds all that another one holds. */
    void addAll(MultisetHash other) {
        plus(other.sum);
        count += other.count;
    }

    /** Word 0 is the lowest; what overflows the highest is dropped. */
    private void plus(long[] other) {
        long carry = 0;
        for (int i = 0; i < WORDS; i++) {
            long partial = sum[i] + other[i];
            long overflow = Long.compareUnsigned(partial, sum[i]) < 0 ? 1 : 0;
            long whole = partial + carry;
            overflow += Long.compareUnsigned(whole, partial) < 0 ? 1 : 0;
            sum[i] = whole;
            carry = overflow;
        }
    }

    long count() {
        return count;
    }

    /** 64 hex digits. */
    String hex() {
        ByteBuffer bytes = ByteBuffer.allocate(WORDS * Long.BYTES);
        for (int i = WORDS - 1; i >= 0; i--) {
            bytes.putLong(sum[i]);
        }
        return HexFormat.of().formatHex(bytes.array());
    }

    boolean sameAs(MultisetHash other) {
        return count == other.count && java.util.Arrays.equals(sum, other.sum);
    }
}
