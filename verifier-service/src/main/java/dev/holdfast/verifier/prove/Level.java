package dev.holdfast.verifier.prove;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How far a proof goes; each level includes those before it. */
public enum Level {

    /** Every stored object has the size and SHA-256 of the manifest. */
    CHECKSUM,
    /** It decrypts and decompresses, and pg_restore reads all of it. */
    ARCHIVE,
    /** It restores without an error into a private cluster. */
    RESTORE,
    /** What was restored equals what was dumped. */
    EQUAL;

    /** The name in configuration, events and documents. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * By label; {@link #EQUAL} for null.
     *
     * @throws IllegalArgumentException naming those there are
     */
    public static Level of(String label) {
        if (label == null) {
            return EQUAL;
        }
        return Arrays.stream(values()).filter(level -> level.label().equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no level of proof is called '" + label + "'; there are "
                        + Arrays.stream(values()).map(Level::label).collect(Collectors.joining(", "))));
    }

    boolean includes(Level other) {
        return compareTo(other) >= 0;
    }
}
