package dev.holdfast.notifier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.DeliveryAbandoned;
import dev.holdfast.events.DeliveryDeferred;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.notifier.delivery.Deliveries;
import dev.holdfast.notifier.delivery.DeliverySettings;
import dev.holdfast.notifier.delivery.Subscriber;
import dev.holdfast.notifier.delivery.WebhookClient;
import dev.holdfast.notifier.subscription.Subscription;
import dev.holdfast.notifier.subscription.Subscriptions;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.KafkaSettings;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.Messaging;
import dev.holdfast.testkit.KafkaServer;
import dev.holdfast.testkit.SettableClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The notifier's own wiring, with a real broker before it and real HTTP servers behind it. */
class NotifierIT {

    private static final Duration AMPLE = Duration.ofSeconds(60);
    private static final String BACKUP = "20260203T020000Z-dump-3fa9c1d2e4b5";

    private static KafkaServer broker;
    private static Messaging outside;

    private final SettableClock clock = SettableClock.at(Instant.now());
    /** What the reader of the log takes for now. */
    private Clock reading = Clock.systemUTC();
    private final List<Event<?>> log = new CopyOnWriteArrayList<>();
    private LogFollower watching;

    @BeforeAll
    static void startBroker() throws InterruptedException {
        broker = KafkaServer.newBroker();
        outside = messaging("test");
        outside.topics().keepTrying(refusal -> { });
        assertThat(outside.topics().awaitReady(AMPLE)).as(outside.topics().state()).isTrue();
    }

    @AfterAll
    static void stopBroker() {
        outside.close();
        broker.close();
    }

    @BeforeEach
    void watch() {
        watching = outside.followers().fromNow(Topics.EVENTS, (event, position) -> log.add(event));
        watching.start();
        assertThat(watching.awaitCaughtUp(AMPLE)).isTrue();
    }

    @AfterEach
    void stopWatching() {
        watching.close();
    }

    @Test
    void an_event_reaches_each_of_its_subscribers_once_signed_and_its_deliveries_reach_none() {
        try (Subscriber ops = Subscriber.answering(200); Subscriber all = Subscriber.answering(204); Subscriber other = Subscriber.answering(200);
                Running notifier = new Running(TestSubscriptions.of("ops", ops.url(), "alert.*", "backup.*"),
                        TestSubscriptions.of("all", all.url(), "*"), TestSubscriptions.of("other", other.url(), "backup.failed", "delivery.*"))) {
            Event<AlertRaised> event = publish(alert());

            await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, event).size() == 2);
            Event<BackupExpired> last = publish(Event.of("/holdfast/retention-service", Instant.now(),
                    new BackupExpired("shop", "dump", BACKUP, "local", "older than 30 days", 1)));
            await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, last).size() == 2);

            for (Subscriber subscriber : List.of(ops, all)) {
                assertThat(subscriber.received()).extracting(r -> new EventCodec().decode(r.body()).id()).containsExactly(event.id(), last.id());
                assertThat(subscriber.received()).allMatch(received -> received.isSignedWith(TestSubscriptions.SECRET));
            }
            assertThat(other.received()).isEmpty();
        }
    }

    @Test
    void a_duplicate_on_the_log_is_told_once() {
        try (Subscriber ops = Subscriber.answering(200); Running notifier = new Running(TestSubscriptions.of("ops", ops.url(), "alert.raised"))) {
            Event<AlertRaised> event = publish(alert());
            publish(event);
            Event<AlertRaised> last = publish(alert());

            await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, last).size() == 1);
            assertThat(ops.received()).extracting(r -> new EventCodec().decode(r.body()).id()).containsExactly(event.id(), last.id());
        }
    }

    @Test
    void a_dead_a_slow_and_a_500_answering_subscriber_delay_nobody_else() {
        URI dead;
        try (Subscriber closed = Subscriber.answering(200)) {
            dead = closed.url();
        }
        CountDownLatch never = new CountDownLatch(1);
        try (Subscriber slow = new Subscriber((exchange, n) -> awaiting(never)); Subscriber broken = Subscriber.answering(500);
                Subscriber ops = Subscriber.answering(200);
                Running notifier = new Running(TestSubscriptions.of("dead", dead, "*"), TestSubscriptions.of("slow", slow.url(), "*"),
                        TestSubscriptions.of("broken", broken.url(), "*"), TestSubscriptions.of("ops", ops.url(), "alert.raised"))) {
            List<Event<AlertRaised>> events = Stream.generate(() -> publish(alert())).limit(50).toList();

            await().atMost(AMPLE).until(() -> ops.received().size() == 50);
            assertThat(ops.received()).extracting(r -> new EventCodec().decode(r.body()).id())
                    .containsExactlyElementsOf(events.stream().map(Event::id).toList());
            assertThat(slow.received()).hasSize(1);
            await().atMost(AMPLE).until(() -> logged(DeliveryDeferred.class, events.getFirst()).size() == 2);
            assertThat(logged(DeliveryDeferred.class, events.getFirst())).extracting(DeliveryDeferred::subscription)
                    .containsExactlyInAnyOrder("dead", "broken");
            assertThat(logged(DeliveryDeferred.class, events.getLast())).isEmpty();
            assertThat(log).noneMatch(e -> new String(new EventCodec().encode(e), UTF_8).contains("MfKQ9r8"));
        } finally {
            never.countDown();
        }
    }

    @Test
    void what_waited_for_a_subscriber_comes_in_order_once_it_is_up_again() {
        AtomicInteger status = new AtomicInteger(503);
        try (Subscriber ops = answering(status); Running notifier = new Running(TestSubscriptions.of("ops", ops.url(), "alert.raised"))) {
            List<Event<AlertRaised>> events = Stream.generate(() -> publish(alert())).limit(20).toList();
            await().atMost(AMPLE).until(() -> logged(DeliveryDeferred.class, events.getFirst()).size() == 1);
            assertThat(ops.received()).hasSize(1);
            status.set(200);
            clock.advance(Duration.ofSeconds(10));

            await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, events.getLast()).size() == 1);
            assertThat(ops.received().stream().skip(1)).extracting(r -> new EventCodec().decode(r.body()).id())
                    .containsExactlyElementsOf(events.stream().map(Event::id).toList());
        }
    }

    @Test
    void a_restart_in_the_middle_of_a_backoff_waits_on_and_counts_on() {
        AtomicInteger status = new AtomicInteger(503);
        try (Subscriber ops = answering(status)) {
            Event<AlertRaised> event;
            try (Running notifier = new Running(TestSubscriptions.of("ops", ops.url(), "alert.raised"))) {
                event = publish(alert());
                await().atMost(AMPLE).until(() -> logged(DeliveryDeferred.class, event).size() == 1);
                clock.advance(Duration.ofSeconds(7));
                await().atMost(AMPLE).until(() -> logged(DeliveryDeferred.class, event).size() == 2);
            }
            status.set(200);
            try (Running notifier = new Running(TestSubscriptions.of("ops", ops.url(), "alert.raised"))) {
                Event<AlertRaised> other = publish(alert("warehouse"));
                await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, other).size() == 1);
                assertThat(logged(DeliverySucceeded.class, event)).as("its pause isn't over").isEmpty();
                clock.advance(Duration.ofMinutes(1));
                await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, event).size() == 1);

                assertThat(logged(DeliverySucceeded.class, event).getFirst().attempts()).isEqualTo(3);
                assertThat(ops.received()).filteredOn(r -> new EventCodec().decode(r.body()).id().equals(event.id())).hasSize(3)
                        .extracting(Subscriber.Received::id).containsOnly(logged(DeliverySucceeded.class, event).getFirst().webhookId());
            }
        }
    }

    @Test
    void after_a_day_a_delivery_is_given_up_and_one_alert_says_so() {
        AtomicInteger status = new AtomicInteger(500);
        try (Subscriber ops = answering(status); Subscriber duty = Subscriber.answering(200);
                Running notifier = new Running(TestSubscriptions.of("late", ops.url(), "*"), TestSubscriptions.of("duty", duty.url(), "alert.raised"))) {
            Event<AlertRaised> first = publish(alert());
            Event<AlertRaised> second = publish(alert());
            await().atMost(AMPLE).until(() -> logged(DeliveryDeferred.class, first).size() == 1);
            clock.advance(Duration.ofHours(25));

            // The alert about it goes to both as well and is, by the same clock, a day late: that must not raise the next.
            await().atMost(AMPLE).until(() -> logged(DeliveryAbandoned.class, first).size() == 3
                    && logged(DeliveryAbandoned.class, second).size() == 1);
            assertThat(logged(DeliveryAbandoned.class, first).getFirst().reason()).isEqualTo("not delivered within 24 h; the last answer was 500");
            assertThat(logged(AlertRaised.class, first)).filteredOn(alert -> alert.alert().equals("delivery-abandoned")).singleElement()
                    .satisfies(alert -> assertThat(alert.about()).isEqualTo("late"));
            assertThat(logged(AlertRaised.class, second)).containsExactly(second.data());
        }
    }

    @Test
    void a_notifier_that_starts_again_tells_what_it_missed_and_nothing_twice() {
        try (Subscriber ops = Subscriber.answering(200)) {
            Event<AlertRaised> before = alert();
            try (Running notifier = new Running(TestSubscriptions.of("ops", ops.url(), "alert.raised"))) {
                publish(before);
                await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, before).size() == 1);
            }
            Event<AlertRaised> meanwhile = publish(alert());
            try (Running notifier = new Running(TestSubscriptions.of("ops", ops.url(), "alert.raised"))) {
                Event<AlertRaised> after = publish(alert());
                await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, after).size() == 1
                        && logged(DeliverySucceeded.class, meanwhile).size() == 1);
            }
            assertThat(ops.received()).hasSize(3);
        }
    }

    @Test
    void what_happened_while_no_notifier_ran_for_more_than_a_day_is_given_up_before_everybody_s_eyes() {
        try (Subscriber ops = Subscriber.answering(200)) {
            Event<AlertRaised> before = alert();
            try (Running notifier = new Running(TestSubscriptions.of("ops", ops.url(), "alert.raised"))) {
                publish(before);
                await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, before).size() == 1);
            }
            List<Event<AlertRaised>> missed = Stream.of("shop", "warehouse", "shop").map(database -> publish(alert(database))).toList();
            SettableClock later = SettableClock.at(Instant.now().plus(Duration.ofHours(25)));
            reading = later;
            try (Running notifier = new Running(TestSubscriptions.of("ops", ops.url(), "alert.raised"))) {
                await().atMost(AMPLE).untilAsserted(() -> assertThat(missed).allSatisfy(event ->
                        assertThat(logged(DeliveryAbandoned.class, event)).filteredOn(it -> it.eventId().equals(event.id())).singleElement().satisfies(it -> {
                            assertThat(it.subscription()).isEqualTo("ops");
                            assertThat(it.attempts()).isZero();
                            assertThat(it.reason()).contains("nobody did within 24 h of");
                        })));
                assertThat(log.stream().map(Event::data).filter(AlertRaised.class::isInstance).map(AlertRaised.class::cast)
                        .filter(alert -> alert.alert().equals("delivery-abandoned") && alert.about().equals("ops"))).hasSize(1);
                assertThat(ops.received()).hasSize(1);
                later.advance(Duration.ofHours(-25));
                Event<AlertRaised> after = publish(alert());
                await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, after).size() == 1);
                assertThat(ops.received()).extracting(r -> new EventCodec().decode(r.body()).id()).contains(before.id(), after.id())
                        .doesNotContainAnyElementsOf(missed.stream().map(Event::id).toList());
            }
        }
    }

    private static Subscriber answering(AtomicInteger status) {
        return new Subscriber((exchange, n) -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
    }

    private static void awaiting(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <P extends Payload> List<P> logged(Class<P> type, Event<?> cause) {
        return log.stream().filter(event -> event.correlationId().equals(cause.correlationId())).map(Event::data)
                .filter(type::isInstance).map(type::cast).toList();
    }

    private static Event<AlertRaised> alert() {
        return alert("shop");
    }

    private static Event<AlertRaised> alert(String database) {
        return Event.of("/holdfast/verifier-service", Instant.now(),
                new AlertRaised(database, "dead-letter", "warning", "x", "a record could not be read", "next"));
    }

    private static <P extends Payload> Event<P> publish(Event<P> event) {
        outside.publisher().publish(Topics.EVENTS, event);
        return event;
    }

    private static Messaging messaging(String service) {
        return Messaging.open(KafkaSettings.local(broker.bootstrapServers()), ServiceIdentity.newInstance(service, Clock.systemUTC()));
    }

    /** A notifier, wired as the service wires it. */
    private final class Running implements AutoCloseable {

        private final Messaging messaging = messaging("notifier-service");
        private final WebhookClient client = new WebhookClient(Clock.systemUTC());
        private final LogFollower log;
        private final Deliveries deliveries;

        Running(Subscription... all) {
            ServiceIdentity identity = ServiceIdentity.newInstance("notifier-service", Clock.systemUTC());
            Subscriptions subscriptions = new Subscriptions(List.of(all));
            NotifierService service = new NotifierService();
            messaging.topics().keepTrying(refusal -> { });
            log = service.log(messaging.followers(), subscriptions, messaging.publisher(), identity, reading,
                    new SimpleMeterRegistry());
            deliveries = service.deliveries(messaging.followers(), subscriptions, client, messaging.publisher(), identity, clock,
                    new SimpleMeterRegistry(), new DeliverySettings(4, Duration.ofHours(24), List.of(Duration.ofSeconds(5),
                            Duration.ofSeconds(30)), 1_000_000));
            deliveries.start();
            log.start();
            assertThat(log.awaitCaughtUp(AMPLE)).isTrue();
        }

        @Override
        public void close() {
            log.close();
            deliveries.close();
            client.close();
            messaging.close();
        }
    }
}
