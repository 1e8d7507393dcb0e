package dev.holdfast.worker.backup;

import dev.holdfast.repository.crypto.KeyGenerator;
import dev.holdfast.repository.crypto.SecretKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** A key pair, made once: that takes a while. */
record Keys(Path publicKey, Path secretKey) {

    static final String PASSPHRASE = "test";

    private static Keys shared;

    static synchronized Keys shared() throws IOException {
        if (shared == null) {
            Path folder = Files.createTempDirectory("keys");
            folder.toFile().deleteOnExit();
            shared = new Keys(folder.resolve("public.asc"), folder.resolve("secret.asc"));
            KeyGenerator.generate("Test <test@example.org>", PASSPHRASE.toCharArray(), shared.publicKey(), shared.secretKey(),
                    Clock.systemUTC());
            shared.publicKey().toFile().deleteOnExit();
            shared.secretKey().toFile().deleteOnExit();
        }
        return shared;
    }

    SecretKeys secret() {
        return SecretKeys.read(List.of(secretKey), PASSPHRASE.toCharArray());
    }
}
