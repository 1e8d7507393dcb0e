package dev.holdfast.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.Topics;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.testkit.KafkaServer;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import dev.holdfast.verifier.prove.Bench;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** A restore may take hours: a verifier that is told to stop gives it back at once and cleans up. */
@ExtendWith(PostgresExtension.class)
class ShutdownWhileProvingIT {

    private static final Duration AMPLE = Duration.ofMinutes(3);

    @TempDir
    private Path folder;

    @Test
    void a_proof_is_given_back_and_leaves_no_server_no_folder_and_no_verdict(PostgresServer server, Database database)
            throws IOException {
        // Quick at the source; where the scratch superuser restores, making the index takes an hour.
        database.exec("""
                CREATE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
                BEGIN
                    IF session_user LIKE 'holdfast%' THEN PERFORM pg_catalog.pg_sleep(3600); END IF;
                    RETURN i;
                END $$;
                """);
        database.exec("CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE INDEX ON t (slow(a))");
        Bench bench = new Bench(folder, server);
        ManifestDocument backup = bench.backUp(database);
        try (KafkaServer broker = KafkaServer.newBroker()) {
            List<String> phases = new CopyOnWriteArrayList<>();
            ConfigurableApplicationContext service = RunningVerifier.start(folder, broker, bench, server);
            try (service; LogFollower follower = service.getBean(LogFollowers.class).fromStart(Topics.PROGRESS, (event, position) -> {
                if (event.data() instanceof RunProgressed progress) {
                    phases.add(progress.phase());
                }
            })) {
                follower.start();
                await().atMost(AMPLE).until(() -> phases.contains("restore"));
            }
            List<String> log = log(broker);
            assertThat(log).filteredOn(event -> event.contains("run.released") && event.contains(backup.id().toString())).hasSize(1);
            assertThat(log).noneMatch(event -> event.contains("backup.verified") || event.contains("backup.refuted")
                    || event.contains("backup.unproven"));
        }
        assertThat(bench.repository.verifications().of(backup)).isEmpty();
        try (Stream<Path> left = Files.list(bench.scratch())) {
            assertThat(left).isEmpty();
        }
        assertThat(ProcessHandle.allProcesses().filter(process -> process.info().commandLine().orElse("")
                .contains(bench.scratch().toString()))).isEmpty();
    }

    /** Everything on the log, headers and body as one text each. */
    private static List<String> log(KafkaServer broker) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(Topics.EVENTS).stream()
                    .map(info -> new org.apache.kafka.common.TopicPartition(info.topic(), info.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            List<String> events = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    StringBuilder text = new StringBuilder(new String(record.value(), StandardCharsets.UTF_8));
                    record.headers().forEach(header -> text.append(' ').append(new String(header.value(), StandardCharsets.UTF_8)));
                    events.add(text.toString());
                });
            }
            return events;
        }
    }
}
