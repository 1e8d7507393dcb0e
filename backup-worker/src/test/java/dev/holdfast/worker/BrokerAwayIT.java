package dev.holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.events.Topics;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.messaging.KafkaSettings;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.Messaging;
import dev.holdfast.testkit.KafkaServer;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The broker goes away while a run is at work, and comes back after the run has ended. */
@Timeout(300)
@ExtendWith(PostgresExtension.class)
class BrokerAwayIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    Path folder;
    private final KafkaServer broker = KafkaServer.newBroker();
    private final List<Payload> told = new CopyOnWriteArrayList<>();
    private final ServiceIdentity identity = ServiceIdentity.newInstance("scheduler-service", Clock.systemUTC());
    private Messaging messaging;
    private LogFollower log;
    private ConfigurableApplicationContext worker;

    @BeforeEach
    void connect() {
        messaging = Messaging.open(KafkaSettings.local(broker.bootstrapServers()), identity);
        await().atMost(PATIENCE).until(messaging.topics()::tryNow);
        log = messaging.followers().fromStart(Topics.EVENTS, (event, position) -> told.add(event.data()));
        log.start();
    }

    @AfterEach
    void close() {
        if (worker != null) {
            worker.close();
        }
        log.close();
        messaging.close();
        broker.close();
    }

    @Test
    void a_backup_that_was_made_meanwhile_is_told_when_the_broker_is_back(PostgresServer server, PostgresServer.Database source)
            throws Exception {
        start(server, source, "while [ ! -e go ]; do sleep 0.1; done; ");
        request(UUID.randomUUID().toString(), 1);
        await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("begun")));

        broker.stop();
        Files.createFile(folder.resolve("go"));
        await().atMost(PATIENCE).until(() -> manifests() == 1);
        broker.start();

        await().atMost(PATIENCE).until(() -> told.stream().anyMatch(BackupCompleted.class::isInstance));
    }

    @Test
    void a_failure_of_that_time_is_told_when_the_broker_is_back(PostgresServer server,
            PostgresServer.Database source) throws Exception {
        start(server, source, "while [ ! -e go ]; do sleep 0.1; done; touch gone; exit 1; ");
        String id = UUID.randomUUID().toString();
        request(id, 1);
        await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("begun")));
        BackupStarted started = await().atMost(PATIENCE).until(() -> told.stream().filter(BackupStarted.class::isInstance)
                .map(BackupStarted.class::cast).findFirst(), Optional::isPresent).orElseThrow();

        broker.stop();
        Files.createFile(folder.resolve("go"));
        await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("gone")));
        broker.start();

        RunDeferred deferred = await().atMost(PATIENCE).until(() -> told.stream().filter(RunDeferred.class::isInstance)
                .map(RunDeferred.class::cast).findFirst(), Optional::isPresent).orElseThrow();
        assertThat(deferred.nonce()).isEqualTo(started.nonce());
        assertThat(deferred.failures()).isEqualTo(1);
        assertThat(deferred.reason()).startsWith("dump-failed");
    }

    private long manifests() throws IOException {
        try (var files = Files.walk(folder.resolve("repository"))) {
            return files.filter(file -> file.endsWith("manifest.json")).count();
        }
    }

    private void request(String id, int attempt) {
        Instant time = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        messaging.publisher().publish(Topics.BACKUP_REQUESTS, new Event<>(id, "/test", null, time, id, null,
                new BackupRequested("shop", null, null, null, attempt, null, null, null)));
    }

    private void start(PostgresServer server, PostgresServer.Database source, String first) throws IOException {
        Files.createDirectories(folder.resolve("repository"));
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String program : List.of("pg_dump", "pg_dumpall", "pg_restore")) {
            script(tools.resolve(program), """
                    #!/bin/sh
                    if [ "$1" != --version ]; then cd %s; %s :; fi
                    exec %s "$@"
                    """.formatted(folder, program.equals("pg_dump") ? "touch begun; " + first : "", server.programFolder().resolve(program)));
        }
        Files.writeString(folder.resolve("password"), source.password());
        Files.setPosixFilePermissions(folder.resolve("password"), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(folder.resolve("holdfast.yml"), """
                kafka: {bootstrap-servers: "%s"}
                repositories: {local: {path: repository}}
                databases:
                  shop: {host: %s, port: %d, database: %s, user: %s, password: "file:%s", encryption: none}
                worker: {slots: 1, heartbeat: 1s, tool-folders: [%s]}
                """.formatted(broker.bootstrapServers(), source.host(), source.port(), source.name(), source.user(),
                folder.resolve("password"), tools));
        worker = HoldfastService.run(BackupWorker.class, "backup-worker",
                new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty()), Map.of("server.port", 0));
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
