package dev.holdfast.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Topics;
import dev.holdfast.notifier.delivery.DeliverySettings;
import dev.holdfast.notifier.delivery.Subscriber;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.testkit.KafkaServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The service as it is started, from {@code holdfast.yml} to the webhook. */
@ExtendWith(OutputCaptureExtension.class)
class NotifierServiceIT {

    private static final Duration AMPLE = Duration.ofSeconds(90);
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @TempDir
    private Path folder;

    @Test
    void it_waits_for_a_broker_and_then_delivers_what_holdfast_yml_subscribes(CapturedOutput output) throws Exception {
        try (KafkaServer broker = KafkaServer.absent(); Subscriber ops = Subscriber.answering(200);
                ConfigurableApplicationContext service = start(broker, ops.url())) {
            assertThat(get(service, "/actuator/health/liveness").statusCode()).isEqualTo(200);
            assertThat(get(service, "/actuator/health/readiness").statusCode()).isEqualTo(503);
            assertThat(service.getBean(DeliverySettings.class)).isEqualTo(
                    new DeliverySettings(4, Duration.ofHours(24), List.of(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2),
                            Duration.ofMinutes(10), Duration.ofMinutes(30), Duration.ofHours(1)), 32 << 20));

            broker.start();
            await().atMost(AMPLE).until(() -> get(service, "/actuator/health/readiness").statusCode() == 200);
            service.getBean(EventPublisher.class).publish(Topics.EVENTS, service.getBean(ServiceIdentity.class).event("x", "c-1",
                    new AlertRaised("shop", "dead-letter", "warning", "x", "reason", "next")));

            await().atMost(AMPLE).until(() -> get(service, "/actuator/prometheus").body().lines()
                    .anyMatch(line -> line.startsWith("holdfast_deliveries_total{") && line.contains("outcome=\"succeeded\"") && line.endsWith(" 1.0")));
            assertThat(ops.received()).hasSize(1).allMatch(received -> received.isSignedWith(SECRET));
        }
        assertThat(output.getAll()).doesNotContain("MfKQ9r8");
    }

    private ConfigurableApplicationContext start(KafkaServer broker, URI url) throws IOException {
        Path secretFile = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        Path config = Files.writeString(folder.resolve("holdfast.yml"), """
                kafka:
                  bootstrap-servers: %s
                databases:
                  shop: {user: backup, encryption: none}
                repositories:
                  local: {path: %s}
                subscriptions:
                  ops:
                    url: %s
                    secret: file:%s
                    events: [alert.raised]
                    allow-private: true
                """.formatted(broker.bootstrapServers(), folder.resolve("repository"), url, secretFile));
        return HoldfastService.run(NotifierService.class, NotifierService.NAME, Map.of("config", config, "server.port", 0));
    }

    private static HttpResponse<String> get(ConfigurableApplicationContext service, String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + HoldfastService.port(service) + path)).build(),
                    BodyHandlers.ofString());
        }
    }
}
