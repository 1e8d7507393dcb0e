package dev.holdfast.repository.write;

import dev.holdfast.repository.AttemptFolder;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * How one stream is stored.
 *
 * @param name       {@code data} or {@code globals}
 * @param format     what the producer writes, as the manifest calls it
 * @param compression as the manifest calls it; {@code zstd} is applied here, every other value is the producer's doing
 * @param encryption {@link Encoding#NONE} where the stream is stored readable
 * @param partBytes  size at which the stored stream is split
 * @param keyOfPart  full key of the part with this number, from 0
 */
public record StreamSpec(String name, String format, String compression, Encoding encryption, long partBytes,
        IntFunction<String> keyOfPart) {

    public static final String ZSTD_AROUND = "zstd";

    public StreamSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(compression, "compression");
        Objects.requireNonNull(encryption, "encryption");
        Objects.requireNonNull(keyOfPart, "keyOfPart");
        if (partBytes < 1) {
            throw new IllegalArgumentException("a part holds at least one byte, not " + partBytes);
        }
    }

    /**
     * The dump.
     *
     * @param compression {@link #ZSTD_AROUND}, or what the program did itself
     * @param encryption  empty where it is stored readable
     */
    public static StreamSpec data(AttemptFolder folder, String compression, Optional<Encoding> encryption,
            long partBytes) {
        return new StreamSpec("data", "custom", compression, encryption.orElse(Encoding.NONE), partBytes,
                part -> folder.data(part, compression.equals(ZSTD_AROUND), encryption.isPresent()));
    }

    /** Roles and grants: zstd around them, one object. */
    public static StreamSpec globals(AttemptFolder folder, Optional<Encoding> encryption) {
        return new StreamSpec("globals", "sql", ZSTD_AROUND, encryption.orElse(Encoding.NONE), Long.MAX_VALUE,
                part -> folder.globals(encryption.isPresent()));
    }

    boolean storedAsProduced() {
        return !compression.equals(ZSTD_AROUND) && encryption == Encoding.NONE;
    }
}
