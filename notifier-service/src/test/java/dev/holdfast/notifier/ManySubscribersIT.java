package dev.holdfast.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.notifier.delivery.Deliveries;
import dev.holdfast.notifier.delivery.DeliverySettings;
import dev.holdfast.notifier.delivery.WebhookClient;
import dev.holdfast.notifier.subscription.QueueDeliveries;
import dev.holdfast.notifier.subscription.Subscription;
import dev.holdfast.notifier.subscription.Subscriptions;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.KafkaSettings;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.Messaging;
import dev.holdfast.testkit.KafkaServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many subscribers of which some are dead, slow or broken; one server plays them all, told apart by path. */
class ManySubscribersIT {

    private static final int DATABASES = 10;

    private final Map<String, Queue<String>> received = new ConcurrentHashMap<>();
    private final CountDownLatch never = new CountDownLatch(1);

    @Test
    void forty_subscribers_hear_twenty_events_whatever_the_bad_ones_among_them_do() throws Exception {
        tell(40, 20, Duration.ofMinutes(2));
    }

    @Test
    @Tag("slow")
    void a_thousand_subscribers_hear_a_hundred_events_whatever_the_bad_ones_among_them_do() throws Exception {
        tell(1_000, 100, Duration.ofMinutes(30));
    }

    /** Of each ten subscribers one is dead, one slow and one answers 500. */
    private void tell(int subscribers, int events, Duration atMost) throws Exception {
        int deadPort;
        try (java.net.ServerSocket closed = new java.net.ServerSocket(0)) {
            deadPort = closed.getLocalPort();
        }
        ServiceIdentity identity = ServiceIdentity.newInstance("notifier-service", Clock.systemUTC());
        try (KafkaServer broker = KafkaServer.newBroker(); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Messaging messaging = Messaging.open(KafkaSettings.local(broker.bootstrapServers()), identity);
                WebhookClient client = new WebhookClient(Clock.systemUTC())) {
            await().atMost(Duration.ofMinutes(1)).until(messaging.topics()::tryNow);
            HttpServer server = server(threads);
            int port = server.getAddress().getPort();
            List<Subscription> all = new ArrayList<>();
            for (int i = 0; i < subscribers; i++) {
                all.add(TestSubscriptions.of("s" + i, URI.create("http://127.0.0.1:" + (i % 10 == 0 ? deadPort : port) + "/" + kind(i) + "/s" + i),
                        "alert.raised"));
            }
            Subscriptions subscriptions = new Subscriptions(all);
            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            try (Deliveries deliveries = new Deliveries(messaging.followers(), subscriptions, client, messaging.publisher(), identity,
                    Clock.systemUTC(), meters, new DeliverySettings(4, Duration.ofHours(24), List.of(Duration.ofMinutes(10)), 32 << 20));
                    LogFollower log = messaging.followers().group(Topics.EVENTS, "holdfast-notifier", new QueueDeliveries(subscriptions,
                            messaging.publisher(), identity, Clock.systemUTC(), meters))) {
                deliveries.start();
                log.start();
                List<String> ids = new ArrayList<>();
                for (int i = 0; i < events; i++) {
                    Event<AlertRaised> event = Event.of("e" + i, "/holdfast/verifier-service", Instant.now(),
                            new AlertRaised("db" + i % DATABASES, "dead-letter", "warning", "x", "reason", "next"));
                    ids.add(event.id());
                    messaging.publisher().publish(Topics.EVENTS, event);
                }
                long begin = System.nanoTime();
                await().atMost(atMost).until(() -> received.values().stream().mapToInt(Queue::size).sum() >= subscribers * 7 / 10 * events);
                System.out.printf("%d subscribers, %d events: %d deliveries to the working ones in %d ms, %d MB of heap in use%n", subscribers,
                        events, subscribers * 7 / 10 * events, (System.nanoTime() - begin) / 1_000_000,
                        (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20);
                for (Queue<String> got : received.values()) {
                    assertThat(got).hasSize(events);
                    for (int database = 0; database < DATABASES; database++) {
                        int of = database;
                        assertThat(got.stream().filter(id -> Integer.parseInt(id.substring(1)) % DATABASES == of).toList())
                                .isEqualTo(ids.stream().filter(id -> Integer.parseInt(id.substring(1)) % DATABASES == of).toList());
                    }
                }
                assertThat(meters.get("holdfast.deliveries.pending").tag("subscription", "s0").gauge().value()).isEqualTo(events);
                assertThat(meters.get("holdfast.deliveries.pending").tag("subscription", "s5").gauge().value()).isLessThanOrEqualTo(1);
                never.countDown();
            } finally {
                never.countDown();
                server.stop(0);
            }
        }
    }

    private static String kind(int i) {
        return i % 10 == 1 ? "slow" : i % 10 == 2 ? "broken" : "good";
    }

    private HttpServer server(ExecutorService threads) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 1024);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String[] path = exchange.getRequestURI().getPath().split("/");
            String body = new String(exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (path[1].equals("slow")) {
                awaitNever();
            } else if (path[1].equals("good")) {
                received.computeIfAbsent(path[2], name -> new ConcurrentLinkedQueue<>()).add(body.replaceFirst(".*?\"id\":\"(e\\d+)\".*", "$1"));
            }
            exchange.sendResponseHeaders(path[1].equals("broken") ? 500 : 200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private void awaitNever() {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
