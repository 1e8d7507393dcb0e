package dev.holdfast.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.testkit.KafkaServer;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer.Database;
import dev.holdfast.testkit.PostgresServer;
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
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** A restore may take hours: a verifier that is told to stop, by whomever, ends it at once and cleans up. */
@ExtendWith(PostgresExtension.class)
@ExtendWith(NeedsNamespaces.class)
class EndedWhileProvingIT {

    private static final Duration AMPLE = Duration.ofMinutes(3);

    @TempDir
    private Path folder;

    private Bench bench;
    private ManifestDocument backup;

    @Test
    void a_proof_is_given_back_and_leaves_no_server_no_folder_and_no_verdict(PostgresServer server, Database database)
            throws IOException {
        List<String> log = proving(server, database, service -> { });
        assertThat(log).filteredOn(event -> event.contains("run.released") && event.contains(backup.id().toString())).singleElement()
                .satisfies(event -> assertThat(event).contains("\"repository\":\"files\"").contains("\"nonce\":\"" + nonce(log) + "\""));
        assertThat(log).noneMatch(EndedWhileProvingIT::isVerdict);
        assertNothingIsLeft();
    }

    @Test
    void a_cancelled_proof_ends_within_seconds_and_leaves_no_server_no_folder_and_no_verdict(PostgresServer server, Database database)
            throws IOException {
        List<String> log = proving(server, database, service -> {
            publish(service, new RunCancelling("shop", backup.id().toString(), "verification", null, "ana", "not now"));
            assertNothingIsLeftSoon();
        });
        assertThat(log).filteredOn(event -> event.contains("run.cancelled")).singleElement()
                .satisfies(event -> assertThat(event).contains("\"requester\":\"ana\"", "\"reason\":\"not now\"", "\"nonce\":\"" + nonce(log) + "\""));
        assertThat(log).noneMatch(event -> isVerdict(event) || event.contains("run.released"));
    }

    @Test
    void a_proof_that_a_later_attempt_has_taken_over_ends_and_says_nothing(PostgresServer server, Database database) throws IOException {
        List<String> log = proving(server, database, service -> {
            publish(service, new VerificationStarted("shop", backup.id().toString(), "files", "equal", 2, "later", "verifier-2"));
            assertNothingIsLeftSoon();
        });
        assertThat(log).noneMatch(event -> isVerdict(event) || event.contains("run.released") || event.contains("run.deferred")
                || event.contains("alert.raised"));
    }

    /** Does something while a restore goes on, then stops the service. */
    private List<String> proving(PostgresServer server, Database database, Consumer<ConfigurableApplicationContext> meanwhile)
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
        bench = new Bench(folder, server);
        backup = bench.backUp(database);
        try (KafkaServer broker = KafkaServer.newBroker()) {
            List<RunProgressed> beats = new CopyOnWriteArrayList<>();
            ConfigurableApplicationContext service = RunningVerifier.start(folder, broker, bench, server);
            try (service; LogFollower follower = service.getBean(LogFollowers.class).fromStart(Topics.PROGRESS, (event, position) -> {
                if (event.data() instanceof RunProgressed progress) {
                    beats.add(progress);
                }
            })) {
                follower.start();
                await().atMost(AMPLE).until(() -> beats.stream().anyMatch(beat -> beat.phase().equals("restore")));
                meanwhile.accept(service);
            }
            List<String> log = log(broker);
            assertThat(beats).allSatisfy(beat -> {
                assertThat(beat.nonce()).isEqualTo(nonce(log));
                assertThat(beat.repository()).isEqualTo("files");
            });
            return log;
        }
    }

    private void publish(ConfigurableApplicationContext service, Payload data) {
        service.getBean(EventPublisher.class).publish(Topics.EVENTS, service.getBean(ServiceIdentity.class).event(
                backup.id().toString(), "c-1", data));
    }

    private void assertNothingIsLeftSoon() {
        await().atMost(AMPLE).untilAsserted(this::assertNothingIsLeft);
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(bench.repository.verifications().of(backup)).isEmpty();
        try (Stream<Path> left = Files.list(bench.scratch())) {
            assertThat(left).isEmpty();
        }
        assertThat(ProcessHandle.allProcesses().filter(process -> process.info().commandLine().orElse("")
                .contains(bench.scratch().toString()))).isEmpty();
    }

    private static boolean isVerdict(String event) {
        return event.contains("backup.verified") || event.contains("backup.refuted") || event.contains("backup.unproven");
    }

    /** Of the claim that this service made. */
    private static String nonce(List<String> log) {
        return log.stream().filter(event -> event.contains("verification.started") && !event.contains("verifier-2"))
                .map(event -> event.replaceAll("(?s).*\"nonce\":\"([^\"]*)\".*", "$1")).findFirst().orElseThrow();
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
