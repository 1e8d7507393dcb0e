package dev.holdfast.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.events.Topics;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.service.messaging.WorkQueue;
import dev.holdfast.service.messaging.WorkQueues;
import dev.holdfast.service.metrics.BackupMetrics;
import dev.holdfast.testkit.KafkaServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

class HoldfastServiceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private final List<ConfigurableApplicationContext> running = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Configuration(proxyBeanMethods = false)
    static class NothingOfItsOwn {
    }

    @AfterEach
    void stop_what_runs() {
        running.forEach(ConfigurableApplicationContext::close);
        http.close();
    }

    @Test
    void all_five_services_run_in_one_process_and_each_is_itself() throws Exception {
        for (ServiceRole role : ServiceRole.values()) {
            start(role, KafkaServer.shared().bootstrapServers());
        }
        for (ConfigurableApplicationContext service : running) {
            String name = service.getBean(ServiceRole.class).service();
            assertThat(get(service, "/actuator/health/liveness").statusCode()).as(name).isEqualTo(200);
            assertThat(get(service, "/actuator/info").body()).contains("\"name\":\"" + name + "\"").contains("\"version\":\"0.");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(get(service, "/actuator/health/readiness"))
                    .extracting(HttpResponse::statusCode, HttpResponse::body).as(name).satisfies(
                            answer -> assertThat(answer.getFirst()).as(answer.toString()).isEqualTo(200)));
        }
    }

    @Test
    void a_service_starts_without_kafka_and_is_ready_once_it_is_there() throws Exception {
        try (KafkaServer broker = KafkaServer.absent()) {
            ConfigurableApplicationContext service = start(ServiceRole.BACKUP, broker.bootstrapServers());
            assertThat(get(service, "/actuator/health/liveness").statusCode()).isEqualTo(200);
            assertThat(get(service, "/actuator/health/readiness")).satisfies(answer -> {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains(broker.bootstrapServers());
            });
            broker.start();
            await().atMost(PATIENCE).untilAsserted(() ->
                    assertThat(get(service, "/actuator/health/readiness").statusCode()).isEqualTo(200));
        }
    }

    @Test
    void a_service_beats_with_what_it_is_and_does_again_and_again() throws Exception {
        ConfigurableApplicationContext service = start(ServiceRole.BACKUP, KafkaServer.shared().bootstrapServers());
        ServiceIdentity identity = service.getBean(ServiceIdentity.class);
        List<ServiceAlive> beats = new CopyOnWriteArrayList<>();
        WorkQueue<BackupRequested> queue = service.getBean(WorkQueues.class).open(Topics.BACKUP_REQUESTS,
                "beats-" + identity.instance(), BackupRequested.class, 3, request -> () -> { });
        try (LogFollower pulse = service.getBean(LogFollowers.class).fromStart(Topics.PROGRESS, (event, position) -> {
            if (event.data() instanceof ServiceAlive alive && alive.instance().equals(identity.instance())) {
                beats.add(alive);
                assertThat(event.source()).isEqualTo(identity.source());
            }
        })) {
            pulse.start();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(beats).anySatisfy(alive -> {
                assertThat(alive.service()).isEqualTo("backup-worker");
                assertThat(alive.version()).isEqualTo(HoldfastVersion.current());
                assertThat(alive.slots()).isEqualTo(queue.slots());
                assertThat(alive.running()).isZero();
                assertThat(alive.lag()).isNotNull();
                assertThat(alive.clock()).isAfterOrEqualTo(alive.startedAt());
            }));
            int before = beats.size();
            await().atMost(PATIENCE).until(() -> beats.size() > before);
            assertThat(beats).extracting(ServiceAlive::startedAt).containsOnly(beats.getFirst().startedAt());
        }
    }

    @Test
    void a_missing_repository_makes_a_worker_unready_and_is_nothing_to_the_notifier() throws Exception {
        ConfigurableApplicationContext worker = start(ServiceRole.BACKUP, KafkaServer.shared().bootstrapServers());
        ConfigurableApplicationContext notifier = start(ServiceRole.NOTIFIER, KafkaServer.shared().bootstrapServers());
        Files.delete(folder.resolve("repository"));
        await().atMost(PATIENCE).untilAsserted(() -> {
            HttpResponse<String> answer = get(worker, "/actuator/health/readiness");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("\"local\":").contains(folder.resolve("repository").toString());
        });
        assertThat(get(notifier, "/actuator/health/readiness").statusCode()).isEqualTo(200);
        assertThat(get(worker, "/actuator/health/liveness").statusCode()).isEqualTo(200);
    }

    @Test
    void the_four_classic_metrics_keep_their_exact_names_and_labels() throws Exception {
        ConfigurableApplicationContext service = start(ServiceRole.SCHEDULER, KafkaServer.shared().bootstrapServers());
        BackupMetrics metrics = service.getBean(BackupMetrics.class);
        assertThat(get(service, "/actuator/prometheus").body()).as("nothing is known yet").doesNotContain("backup_");
        metrics.nothingStored("never", "dump", "local");
        Instant snapshot = Instant.parse("2026-02-03T02:00:00Z");
        metrics.stored("shop", "dump", "local", snapshot, Duration.ofMillis(1_500), 4_096);
        metrics.verified("shop", "dump", "local", snapshot, true);
        String labels = "{database=\"shop\",kind=\"dump\",repository=\"local\"";
        assertThat(get(service, "/actuator/prometheus").body().lines().filter(line -> line.startsWith("backup_")).toList())
                .anyMatch(line -> line.startsWith("backup_last_success_timestamp_seconds" + labels)
                        && value(line) == snapshot.getEpochSecond())
                .anyMatch(line -> line.startsWith("backup_duration_seconds" + labels) && value(line) == 1.5)
                .anyMatch(line -> line.startsWith("backup_size_bytes" + labels) && value(line) == 4096)
                .anyMatch(line -> line.startsWith("backup_verification_success" + labels) && value(line) == 1)
                .anyMatch(line -> line.startsWith("backup_last_success_timestamp_seconds{database=\"never\"") && value(line) == 0)
                .hasSize(5);
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    private ConfigurableApplicationContext start(ServiceRole role, String brokers) {
        ConfigurableApplicationContext service = HoldfastService.run(NothingOfItsOwn.class, role.service(),
                TestConfigs.of(folder, brokers), Map.of("server.port", 0));
        running.add(service);
        return service;
    }

    private HttpResponse<String> get(ConfigurableApplicationContext service, String path)
            throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + HoldfastService.port(service) + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
