package dev.holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.testkit.KafkaServer;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole worker, asked and heard through a real broker with nothing but strings. */
@Timeout(240)
@ExtendWith(PostgresExtension.class)
class BackupWorkerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path folder;
    private final String alias = "shop-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<String> log = new ArrayList<>();
    private KafkaConsumer<String, String> reader;
    private KafkaProducer<String, String> writer;
    private ConfigurableApplicationContext worker;
    private HoldfastConfig config;

    @BeforeEach
    void connect() {
        Map<String, Object> client = Map.of("bootstrap.servers", KafkaServer.shared().bootstrapServers());
        writer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer());
        reader = new KafkaConsumer<>(Map.of("bootstrap.servers", KafkaServer.shared().bootstrapServers(),
                "auto.offset.reset", "earliest"), new StringDeserializer(), new StringDeserializer());
    }

    @AfterEach
    void stop() {
        if (worker != null) {
            worker.close();
        }
        reader.close();
        writer.close();
    }

    @Test
    void a_request_typed_by_hand_runs_a_backup_and_a_second_delivery_tells_it_again(PostgresServer.Database source)
            throws Exception {
        source.exec("CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g");
        start(source, "");
        String request = """
                {"specversion":"1.0","id":"%s","source":"/by-hand","type":"dev.holdfast.backup.requested.v1","time":"%s","data":{"database":"%s"}}"""
                .formatted(UUID.randomUUID(), Instant.now().truncatedTo(ChronoUnit.SECONDS), alias);

        send(request);
        JsonNode completed = awaitEvent("dev.holdfast.backup.completed.v1", 1).getFirst();
        send(request);
        List<JsonNode> both = awaitEvent("dev.holdfast.backup.completed.v1", 2);

        assertThat(both.get(1).get("id")).isEqualTo(both.get(0).get("id"));
        assertThat(events("dev.holdfast.backup.started.v1")).hasSize(1);
        assertThat(completed.get("correlationid").asString()).isEqualTo(JSON.readTree(request).get("id").asString());
        try (var files = Files.walk(folder.resolve("repository"))) {
            assertThat(files.filter(file -> file.endsWith("manifest.json"))).hasSize(1);
        }
        assertThat(log).noneMatch(line -> line.contains(PostgresServer.PASSWORD));
        assertThat(metrics()).contains("backup_size_bytes{database=\"" + alias + "\",kind=\"dump\",repository=\"local\"")
                .containsPattern("backup_last_success_timestamp_seconds\\{database=\"" + alias + "\"[^}]*} 1\\.\\d+E9");
    }

    @Test
    void a_request_for_an_unknown_database_fails_and_names_those_there_are(PostgresServer.Database source) throws Exception {
        start(source, "");

        request("no-such-" + alias);

        JsonNode failed = awaitEvent("dev.holdfast.backup.failed.v1", 1).getFirst().get("data");
        assertThat(failed.get("code").asString()).isEqualTo("unknown-database");
        assertThat(failed.get("reason").asString()).contains(alias);
    }

    @Test
    void two_slots_dump_two_databases_at_once(PostgresServer server, PostgresServer.Database one,
            PostgresServer.Database two) throws Exception {
        String both = "touch $$.begun; until [ $(ls *.begun | wc -l) -ge 2 ]; do sleep 0.1; done; ";
        start(one, "  " + alias + "-two: " + database(two) + "\nworker: {slots: 2, tool-folders: [" + tools(server, both) + "]}\n");

        request(alias);
        request(alias + "-two");

        assertThat(awaitEvent("dev.holdfast.backup.completed.v1", 2)).hasSize(2);
    }

    @Test
    void a_worker_that_is_told_to_stop_releases_its_run_and_another_one_does_its_next_attempt(PostgresServer server,
            PostgresServer.Database source) throws Exception {
        start(source, "worker: {slots: 1, heartbeat: 1s, tool-folders: ["
                + tools(server, "if [ ! -e begun ]; then touch begun; exec sleep 600; fi; ") + "]}\n");
        String id = UUID.randomUUID().toString();
        String again = request(id, 2);
        send(request(id, 1));
        await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("begun")));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(events("dev.holdfast.run.progressed.v1"))
                .extracting(beat -> beat.get("data").get("phase").asString()).contains("dump"));

        worker.close();

        JsonNode released = awaitEvent("dev.holdfast.run.released.v1", 1).getFirst().get("data");
        assertThat(events("dev.holdfast.backup.failed.v1")).as("a deployment is no failure").isEmpty();
        try (var files = Files.walk(folder.resolve("repository"))) {
            assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
                    .containsExactly("repository.json");
        }
        assertThat(ProcessHandle.current().descendants().flatMap(process -> process.info().commandLine().stream()))
                .noneMatch(command -> command.contains(folder.toString()));

        worker = another();
        send(again);

        JsonNode completed = awaitEvent("dev.holdfast.backup.completed.v1", 1).getFirst().get("data");
        assertThat(completed.get("backupId")).isEqualTo(released.get("runId"));
        assertThat(completed.get("attempt").asInt()).isEqualTo(2);
    }

    @Test
    void a_second_worker_that_takes_the_run_over_makes_the_backup_and_the_first_one_says_nothing(PostgresServer server,
            PostgresServer.Database source) throws Exception {
        start(source, "worker: {slots: 1, heartbeat: 1s, tool-folders: ["
                + tools(server, "if [ ! -e begun ]; then touch begun; exec sleep 600; fi; ") + "]}\n");
        String id = UUID.randomUUID().toString();
        send(request(id, 1));
        await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("begun")));
        try (ConfigurableApplicationContext second = another()) {
            send(request(id, 2));

            JsonNode completed = awaitEvent("dev.holdfast.backup.completed.v1", 1).getFirst().get("data");

            assertThat(completed.get("attempt").asInt()).isEqualTo(2);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(ProcessHandle.current().descendants()
                    .flatMap(process -> process.info().commandLine().stream())).noneMatch(command -> command.contains("sleep 600")));
            // Stopping waits for the first attempt's job, which by then has said whatever it says.
            worker.close();
            assertThat(second.isRunning()).isTrue();
        }
        List<JsonNode> started = awaitEvent("dev.holdfast.backup.started.v1", 2);
        for (String silent : List.of("backup.failed", "run.deferred", "run.released", "run.cancelled")) {
            assertThat(events("dev.holdfast." + silent + ".v1")).as(silent).isEmpty();
        }
        assertThat(events("dev.holdfast.run.progressed.v1")).extracting(beat -> beat.get("data").get("nonce").asString())
                .containsOnlyElementsOf(started.stream().map(event -> event.get("data").get("nonce").asString()).toList());
        try (var files = Files.walk(folder.resolve("repository"))) {
            assertThat(files.filter(file -> file.endsWith("manifest.json"))).hasSize(1);
        }
    }

    @Test
    void a_cancelled_run_ends_and_holds_nothing_on_the_source(PostgresServer server, PostgresServer.Database source)
            throws Exception {
        start(source, "worker: {slots: 1, heartbeat: 1s, tool-folders: [" + tools(server, "touch begun; exec sleep 600; ") + "]}\n");
        request(alias);
        await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("begun")));
        JsonNode started = awaitEvent("dev.holdfast.backup.started.v1", 1).getFirst().get("data");

        writer.send(new ProducerRecord<>("holdfast.events", alias, """
                {"specversion":"1.0","id":"%s","source":"/by-hand","type":"dev.holdfast.run.cancelling.v1","time":"%s","data":
                {"database":"%s","runId":"%s","activity":"backup","requester":"ops","reason":"too slow"}}""".formatted(UUID.randomUUID(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS), alias, started.get("backupId").asString()))).get(60, TimeUnit.SECONDS);

        JsonNode cancelled = awaitEvent("dev.holdfast.run.cancelled.v1", 1).getFirst().get("data");
        assertThat(cancelled.get("nonce")).isEqualTo(started.get("nonce"));
        assertThat(cancelled.get("requester").asString()).isEqualTo("ops");
        await().untilAsserted(() -> assertThat(source.query(
                "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'holdfast/%' AND datname = current_database()"))
                .isEmpty());
    }

    private String request(String id, int attempt) {
        return """
                {"specversion":"1.0","id":"%s","source":"/by-hand","type":"dev.holdfast.backup.requested.v1","time":"2026-02-03T02:00:00Z","data":{"database":"%s","attempt":%d}}"""
                .formatted(id, alias, attempt);
    }

    private ConfigurableApplicationContext another() {
        return HoldfastService.run(BackupWorker.class, "backup-worker", config, Map.of("server.port", 0));
    }

    private void start(PostgresServer.Database source, String more) throws IOException {
        Files.createDirectories(folder.resolve("repository"));
        Files.writeString(folder.resolve("password"), source.password());
        Files.setPosixFilePermissions(folder.resolve("password"), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(folder.resolve("holdfast.yml"), """
                kafka: {bootstrap-servers: "%s"}
                repositories:
                  local: {path: repository}
                databases:
                  %s: %s
                %s
                """.formatted(KafkaServer.shared().bootstrapServers(), alias, database(source), more));
        config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
        worker = HoldfastService.run(BackupWorker.class, "backup-worker", config, Map.of("server.port", 0));
    }

    private String database(PostgresServer.Database source) {
        return "{host: %s, port: %d, database: %s, user: %s, password: \"file:%s\", encryption: none}".formatted(source.host(),
                source.port(), source.name(), source.user(), folder.resolve("password"));
    }

    /** The installed programs; pg_dump does something first, in the test's folder. */
    private Path tools(PostgresServer server, String first) throws IOException {
        Path programs = Files.createDirectories(folder.resolve("tools"));
        for (String program : List.of("pg_dump", "pg_dumpall", "pg_restore")) {
            Path file = programs.resolve(program);
            Files.writeString(file, """
                    #!/bin/sh
                    if [ "$1" != --version ]; then cd %s; %s :; fi
                    exec %s "$@"
                    """.formatted(folder, program.equals("pg_dump") ? first : "", server.programFolder().resolve(program)));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return programs;
    }

    private void request(String database) throws Exception {
        send("""
                {"specversion":"1.0","id":"%s","source":"/by-hand","type":"dev.holdfast.backup.requested.v1","time":"%s","data":{"database":"%s"}}"""
                .formatted(UUID.randomUUID(), Instant.now().truncatedTo(ChronoUnit.SECONDS), database));
    }

    private void send(String request) throws Exception {
        writer.send(new ProducerRecord<>("holdfast.backup-requests", request)).get(60, TimeUnit.SECONDS);
    }

    /** Waits for that many events of a type about this test's databases. */
    private List<JsonNode> awaitEvent(String type, int count) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(events(type)).hasSizeGreaterThanOrEqualTo(count));
        return events(type);
    }

    private List<JsonNode> events(String type) {
        if (reader.assignment().isEmpty()) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : List.of("holdfast.events", "holdfast.progress")) {
                for (PartitionInfo partition : reader.partitionsFor(topic)) {
                    partitions.add(new TopicPartition(topic, partition.partition()));
                }
            }
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
        }
        for (ConsumerRecord<String, String> read : reader.poll(Duration.ofMillis(200))) {
            if (read.value().contains(alias)) {
                log.add(read.value());
            }
        }
        return log.stream().map(JSON::readTree).filter(event -> event.get("type").asString().equals(type)).toList();
    }

    private String metrics() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI address = URI.create("http://127.0.0.1:" + HoldfastService.port(worker) + "/actuator/prometheus");
            return http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
