package dev.holdfast.verifier;

import dev.holdfast.service.HoldfastService;
import dev.holdfast.testkit.KafkaServer;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.verifier.prove.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;

/** The service on a bench's repository, as it is started. */
final class RunningVerifier {

    private RunningVerifier() {
    }

    static ConfigurableApplicationContext start(Path folder, KafkaServer broker, Bench bench, PostgresServer server) throws IOException {
        Path config = Files.writeString(folder.resolve("holdfast.yml"), """
                kafka:
                  bootstrap-servers: %s
                databases:
                  shop: {user: backup, encryption: none}
                repositories:
                  files: {path: %s}
                verifier:
                  scratch: %s
                  tool-folders: [%s]
                """.formatted(broker.bootstrapServers(), bench.root, bench.scratch(), server.programFolder()));
        return HoldfastService.run(VerifierService.class, "verifier-service", Map.of("config", config, "server.port", 0));
    }
}
