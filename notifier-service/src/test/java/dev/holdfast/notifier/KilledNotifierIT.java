package dev.holdfast.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.notifier.delivery.Subscriber;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.KafkaSettings;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.Messaging;
import dev.holdfast.testkit.KafkaServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The notifier as a process of its own, killed between the subscriber's receipt and what the log says of it. */
class KilledNotifierIT {

    private static final Duration AMPLE = Duration.ofSeconds(120);

    @TempDir
    private Path folder;

    @Test
    void a_notifier_that_is_killed_while_the_subscriber_answers_tells_it_again_under_the_same_id_and_only_that() throws Exception {
        AtomicReference<Process> running = new AtomicReference<>();
        List<DeliverySucceeded> succeeded = new CopyOnWriteArrayList<>();
        try (KafkaServer broker = KafkaServer.newBroker(); Messaging outside = messaging(broker);
                Subscriber ops = new Subscriber((exchange, n) -> {
                    if (n == 1) {
                        running.get().destroyForcibly();
                    }
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                })) {
            asAnOlderVersionMadeIt(broker);
            await().atMost(AMPLE).until(outside.topics()::tryNow);
            LogFollower log = outside.followers().fromStart(Topics.EVENTS, (event, position) -> {
                if (event.data() instanceof DeliverySucceeded it) {
                    succeeded.add(it);
                }
            });
            log.start();
            Path config = configuration(broker, ops);
            running.set(start(config));
            publish(outside, "before");
            await().atMost(AMPLE).until(() -> succeeded.size() == 1);
            publish(outside, "killed");
            assertThat(running.get().waitFor(AMPLE.toSeconds(), TimeUnit.SECONDS)).isTrue();

            running.set(start(config));
            await().atMost(AMPLE).until(() -> succeeded.size() == 2);
            publish(outside, "after");
            await().atMost(AMPLE).until(() -> succeeded.size() == 3);

            List<String> ids = ops.received().stream().map(Subscriber.Received::id).toList();
            assertThat(ids).hasSize(4);
            assertThat(ids.get(1)).isEqualTo(ids.get(2));
            assertThat(ids.stream().distinct()).containsExactlyElementsOf(succeeded.stream().map(DeliverySucceeded::webhookId).toList());
            log.close();
        } finally {
            running.get().destroyForcibly();
        }
    }

    /** One partition, as when it was a queue: it is used as it is. */
    private static void asAnOlderVersionMadeIt(KafkaServer broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(Topics.DELIVERIES, 1, (short) 1).configs(Map.of("message.timestamp.type", "LogAppendTime",
                    "retention.ms", "604800000")))).all().get(AMPLE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static Messaging messaging(KafkaServer broker) {
        return Messaging.open(KafkaSettings.local(broker.bootstrapServers()), ServiceIdentity.newInstance("test", Clock.systemUTC()));
    }

    private static void publish(Messaging outside, String reason) {
        outside.publisher().publish(Topics.EVENTS, Event.of("/holdfast/verifier-service", Instant.now(),
                new AlertRaised("shop", "dead-letter", "warning", "x", reason, "next")));
    }

    private Process start(Path config) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), NotifierService.class.getName(),
                "--config=" + config, "--server.port=0").redirectErrorStream(true).redirectOutput(folder.resolve("notifier.log").toFile()).start();
    }

    private Path configuration(KafkaServer broker, Subscriber ops) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), TestSubscriptions.SECRET);
        return Files.writeString(folder.resolve("holdfast.yml"), """
                kafka: {bootstrap-servers: "%s"}
                databases: {shop: {user: backup, encryption: none}}
                repositories: {local: {path: %s}}
                subscriptions:
                  ops: {url: "%s", secret: {file: %s}, events: [alert.raised], allow-private: true}
                """.formatted(broker.bootstrapServers(), folder.resolve("repository"), ops.url(), secret));
    }
}
