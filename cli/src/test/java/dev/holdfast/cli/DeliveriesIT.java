package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.notifier.NotifierService;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.TopicSetup;
import dev.holdfast.testkit.KafkaServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a person does about deliveries, with a real broker, the notifier and a receiver. */
class DeliveriesIT {

    private static final Duration AMPLE = Duration.ofSeconds(90);
    private static final List<String> RECEIVED = new CopyOnWriteArrayList<>();
    private static final AtomicInteger STATUS = new AtomicInteger(200);

    @TempDir
    private static Path folder;
    private static KafkaServer broker;
    private static HttpServer receiver;
    private static ConfigurableApplicationContext notifier;

    @BeforeAll
    static void start() throws Exception {
        broker = KafkaServer.newBroker();
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            RECEIVED.add(exchange.getRequestHeaders().getFirst("webhook-id") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(STATUS.get(), -1);
            exchange.close();
        });
        receiver.start();
        Files.writeString(folder.resolve("secret"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        Path config = Files.writeString(folder.resolve("holdfast.yml"), """
                kafka: {bootstrap-servers: "%s"}
                databases: {shop: {user: backup, encryption: none}}
                repositories: {local: {path: repository}}
                subscriptions:
                  ops: {url: "http://127.0.0.1:%d/", secret: {file: secret}, events: [alert.raised], allow-private: true}
                  walled: {url: "http://127.0.0.1:%d/", secret: {file: secret}, events: [backup.expired]}
                """.formatted(broker.bootstrapServers(), receiver.getAddress().getPort(), receiver.getAddress().getPort()));
        notifier = HoldfastService.run(NotifierService.class, "notifier-service", Map.of("config", config, "server.port", 0));
        await().atMost(AMPLE).until(() -> notifier.getBean(TopicSetup.class).isReady());
    }

    @AfterAll
    static void stop() {
        notifier.close();
        receiver.stop(0);
        broker.close();
    }

    @Test
    void a_test_goes_through_everything_to_that_subscription_only_and_says_what_it_answered() {
        STATUS.set(200);
        Cli test = cli("notify", "test", "ops", "--json");
        assertThat(test.exit()).as(test.err()).isZero();
        JsonNode tested = json(test.out());
        assertThat(tested.get("status").asInt()).isEqualTo(200);
        assertThat(RECEIVED).filteredOn(body -> body.startsWith(tested.get("webhookId").asString())).singleElement()
                .satisfies(body -> assertThat(body).contains("TEST: nothing failed").contains("dev.holdfast.backup.failed.v1"));
    }

    @Test
    void a_test_that_is_not_taken_fails_with_the_reason_after_one_try() {
        STATUS.set(503);
        Cli declined = cli("notify", "test", "ops");
        assertThat(declined.exit()).isEqualTo(1);
        assertThat(declined.err()).contains("the last answer was 503").contains("code: delivery-failed");
        Cli refused = cli("notify", "test", "walled");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("allow-private");
        Cli unknown = cli("notify", "test", "opps");
        assertThat(unknown.exit()).isEqualTo(2);
        assertThat(unknown.err()).contains("[ops, walled]").contains("code: subscription-unknown");
    }

    @Test
    void a_delivery_is_listed_and_sent_once_more_under_the_same_webhook_id() {
        STATUS.set(200);
        Event<AlertRaised> alert = Event.of("/holdfast/verifier-service", Instant.now(),
                new AlertRaised("shop", "dead-letter", "warning", "x", "a record could not be read", "next"));
        notifier.getBean(EventPublisher.class).publish(Topics.EVENTS, alert);
        await().atMost(AMPLE).until(() -> states(alert.id()).equals(List.of("delivered")));

        Cli redeliver = cli("redeliver", alert.id(), "--json");
        assertThat(redeliver.exit()).as(redeliver.err()).isZero();
        String webhookId = json(redeliver.out()).get("deliveries").get(0).get("webhookId").asString();
        await().atMost(AMPLE).until(() -> states(alert.id()).equals(List.of("delivered", "delivered")));
        assertThat(RECEIVED.stream().filter(body -> body.startsWith(webhookId + " ")).count()).isEqualTo(2);
        assertThat(cli("events", "--from-beginning", "--no-follow").out()).contains("delivery.repeated").contains("asked for by cli by ");
        assertThat(cli("deliveries", "--subscription", "nobody").out()).contains("No deliveries.");
        assertThat(cli("redeliver", "msg_unknown").exit()).isEqualTo(2);
    }

    @Test
    void what_failed_is_listed_with_its_reason_and_its_next_try() {
        STATUS.set(500);
        Event<AlertRaised> alert = Event.of("/holdfast/verifier-service", Instant.now(),
                new AlertRaised("warehouse", "dead-letter", "warning", "x", "a record could not be read", "next"));
        notifier.getBean(EventPublisher.class).publish(Topics.EVENTS, alert);
        await().atMost(AMPLE).until(() -> states(alert.id(), "--failed").equals(List.of("retrying")));

        Cli failed = cli("deliveries", "--failed", "--subscription", "ops");
        assertThat(failed.out()).contains("retrying").contains("the last answer was 500").contains("warehouse");
        STATUS.set(200);
        await().atMost(AMPLE).until(() -> states(alert.id()).equals(List.of("delivered")));
    }

    private static List<String> states(String eventId, String... options) {
        List<String> arguments = new java.util.ArrayList<>(List.of("deliveries", "--json"));
        arguments.addAll(List.of(options));
        return StreamSupport.stream(json(cli(arguments.toArray(String[]::new)).out()).get("deliveries").spliterator(), false)
                .filter(it -> it.get("eventId").asString().equals(eventId)).map(it -> it.get("state").asString()).toList();
    }

    private static Cli cli(String... arguments) {
        return Cli.run(folder, Map.of(), arguments);
    }

    private static JsonNode json(String text) {
        return JsonMapper.builder().build().readTree(text);
    }
}
