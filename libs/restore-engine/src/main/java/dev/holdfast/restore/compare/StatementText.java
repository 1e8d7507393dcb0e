package dev.holdfast.restore.compare;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The bytes of one statement: kept up to a limit, hashed in full whatever their number. Reused from statement to
 * statement. Not thread-safe.
 */
final class StatementText {

    private final int keep;
    private byte[] bytes = new byte[8192];
    private int length;
    private long total;
    private MessageDigest overflow;

    StatementText(int keepBytes) {
        this.keep = keepBytes;
    }

    void clear() {
        length = 0;
        total = 0;
        overflow = null;
        if (bytes.length > 1 << 20) {
            bytes = new byte[8192];
        }
    }

    void append(int value) {
        total++;
        if (length == bytes.length) {
            if (length >= keep) {
                spill();
            } else {
                bytes = Arrays.copyOf(bytes, Math.min(keep, bytes.length * 2));
            }
        }
        bytes[length++] = (byte) value;
    }

    private void spill() {
        if (overflow == null) {
            overflow = Sha256.start();
        }
        overflow.update(bytes, 0, length);
        length = 0;
    }

    /** Whether all of it is still here; otherwise only {@link #sha256()} and {@link #total()} mean something. */
    boolean whole() {
        return overflow == null;
    }

    long total() {
        return total;
    }

    /** The byte that lies {@code back} places before the end, or -1. */
    int endMinus(int back) {
        return length >= back ? bytes[length - back] & 0xff : -1;
    }

    boolean isBlank() {
        return total == 0;
    }

    boolean startsWith(String ascii) {
        return whole() && length >= ascii.length()
                && ascii.equals(new String(bytes, 0, ascii.length(), StandardCharsets.ISO_8859_1));
    }

    /** A copy of the bytes; only where {@link #whole()}. */
    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    /** As text, one character per byte where it is not UTF-8; only where {@link #whole()}. */
    String text() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    byte[] sha256() {
        if (overflow == null) {
            return Sha256.of(bytes, 0, length);
        }
        overflow.update(bytes, 0, length);
        length = 0;
        return overflow.digest();
    }
}
