package dev.holdfast.service.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Finds {@code holdfast.yml} and reads it: the path given, {@code HOLDFAST_CONFIG}, {@code ./holdfast.yml},
 * {@code /etc/holdfast/holdfast.yml}; with none of them the classic variables describe one database. Every key is an
 * environment variable too, and the variable wins.
 */
public final class HoldfastConfigLoader {

    private final Map<String, String> environment;
    private final Path folder;

    /** @param folder where relative paths start that are not in a file, and where {@code ./holdfast.yml} is looked for */
    public HoldfastConfigLoader(Map<String, String> environment, Path folder) {
        this.environment = Map.copyOf(environment);
        this.folder = folder;
    }

    /** Of this process. */
    public static HoldfastConfigLoader ofProcess() {
        return new HoldfastConfigLoader(System.getenv(), Path.of("").toAbsolutePath());
    }

    /** The file that would be read, or empty where the classic variables count. */
    public Optional<Path> find(Optional<Path> explicit) {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads and checks everything at once.
     *
     * @throws InvalidConfiguration with every mistake, not only the first
     */
    public HoldfastConfig load(Optional<Path> explicit) {
        throw new UnsupportedOperationException();
    }
}
