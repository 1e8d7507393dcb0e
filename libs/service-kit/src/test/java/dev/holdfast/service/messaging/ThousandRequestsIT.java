package dev.holdfast.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.testkit.KafkaServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real broker, a queue of one partition, four worker processes with two slots each. About a minute. */
@Tag("slow")
class ThousandRequestsIT {

    private static final Duration PATIENCE = Duration.ofMinutes(8);
    private static final int WORKERS = 4;

    @TempDir
    Path folder;

    @Test
    void a_thousand_requests_are_done_once_each_eight_at_a_time_by_four_processes() throws Exception {
        Path happened = Files.createFile(folder.resolve("happened"));
        List<Process> workers = new ArrayList<>();
        try (KafkaServer broker = KafkaServer.newBroker()) {
            Set<String> ids = publish(broker, 1000);
            IntStream.range(0, WORKERS).forEach(worker -> workers.add(start(broker, happened, worker)));

            await().atMost(PATIENCE).until(() -> lines(happened).size() >= WORKERS * SlotsProcess.SLOTS);
            await().during(Duration.ofSeconds(5)).atMost(Duration.ofSeconds(30))
                    .until(() -> lines(happened).size() == WORKERS * SlotsProcess.SLOTS);
            for (Process worker : workers) {
                worker.getOutputStream().write('\n');
                worker.getOutputStream().flush();
            }
            await().atMost(PATIENCE).until(() -> lines(happened).stream().filter(line -> line.startsWith("end ")).count() >= ids.size());

            assertThat(lines(happened)).containsExactlyInAnyOrderElementsOf(
                    ids.stream().flatMap(id -> List.of("begin " + id, "end " + id).stream()).toList());
            assertThat(mostAtOnce(lines(happened))).isEqualTo(WORKERS * SlotsProcess.SLOTS);
        } finally {
            workers.forEach(Process::destroyForcibly);
        }
    }

    private static Set<String> publish(KafkaServer broker, int count) {
        ServiceIdentity identity = ServiceIdentity.newInstance("scheduler-service", Clock.systemUTC());
        Set<String> ids = new TreeSet<>();
        try (Messaging messaging = Messaging.open(KafkaSettings.local(broker.bootstrapServers()), identity)) {
            await().atMost(PATIENCE).until(messaging.topics()::tryNow);
            for (int i = 0; i < count; i++) {
                Event<BackupRequested> request = identity.event(null, "correlation",
                        new BackupRequested("shop-" + i, "dump", null, null, null, "test", null, null));
                messaging.publisher().publish(Topics.BACKUP_REQUESTS, request);
                ids.add(request.id());
            }
        }
        return ids;
    }

    private Process start(KafkaServer broker, Path happened, int number) {
        try {
            return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx96m", "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), SlotsProcess.class.getName(),
                    broker.bootstrapServers(), happened.toString()).redirectErrorStream(true)
                    .redirectOutput(folder.resolve("worker-" + number + ".log").toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException("starting a worker", e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + file, e);
        }
    }

    private static int mostAtOnce(List<String> lines) {
        int most = 0;
        int now = 0;
        for (String line : lines) {
            now += line.startsWith("begin ") ? 1 : -1;
            most = Math.max(most, now);
        }
        return most;
    }
}
