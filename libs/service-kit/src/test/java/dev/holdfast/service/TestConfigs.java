package dev.holdfast.service;

import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Small valid configurations, read as a service reads them. */
public final class TestConfigs {

    private TestConfigs() {
    }

    /** One database and one file repository in a folder that is there. */
    public static HoldfastConfig of(Path folder, String bootstrapServers) {
        return read(folder, """
                kafka: {bootstrap-servers: "%s"}
                repositories:
                  local: {path: repository}
                databases:
                  shop: {user: backup, encryption: none}
                """.formatted(bootstrapServers));
    }

    public static HoldfastConfig read(Path folder, String yaml) {
        try {
            Files.createDirectories(folder.resolve("repository"));
            Files.writeString(folder.resolve("holdfast.yml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
    }
}
