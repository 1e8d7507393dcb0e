package dev.holdfast.notifier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.DeliveryAbandoned;
import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.notifier.delivery.DeliverySettings;
import dev.holdfast.notifier.delivery.Subscriber;
import dev.holdfast.notifier.delivery.WebhookClient;
import dev.holdfast.notifier.signature.WebhookSecret;
import dev.holdfast.notifier.subscription.Subscription;
import dev.holdfast.notifier.subscription.Subscriptions;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.KafkaSettings;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.Messaging;
import dev.holdfast.service.messaging.WorkQueue;
import dev.holdfast.testkit.KafkaServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The notifier's own wiring, with a real broker before it and real HTTP servers behind it. */
class NotifierIT {

    private static final Duration AMPLE = Duration.ofSeconds(60);
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String BACKUP = "20260203T020000Z-dump-3fa9c1d2e4b5";

    private static KafkaServer broker;
    private static Messaging outside;

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
                Running notifier = new Running(subscription("ops", ops.url(), "alert.*", "backup.*"),
                        subscription("all", all.url(), "*"), subscription("other", other.url(), "backup.failed", "delivery.*"))) {
            Event<AlertRaised> event = publish(alert());

            await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, event).size() == 2);
            Event<BackupExpired> last = publish(Event.of("/holdfast/retention-service", Instant.now(),
                    new BackupExpired("shop", "dump", BACKUP, "local", "older than 30 days", 1)));
            await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, last).size() == 2);

            for (Subscriber subscriber : List.of(ops, all)) {
                assertThat(subscriber.received()).extracting(r -> new EventCodec().decode(r.body()).id()).containsExactly(event.id(), last.id());
                assertThat(subscriber.received()).allMatch(received -> received.isSignedWith(SECRET));
            }
            assertThat(other.received()).isEmpty();
        }
    }

    @Test
    void a_duplicate_on_the_log_arrives_under_the_same_webhook_id() {
        try (Subscriber ops = Subscriber.answering(200); Running notifier = new Running(subscription("ops", ops.url(), "alert.raised"))) {
            Event<AlertRaised> event = publish(alert());
            publish(event);

            await().atMost(AMPLE).until(() -> ops.received().size() == 2);
            assertThat(ops.received().get(0).id()).isEqualTo(ops.received().get(1).id());
        }
    }

    @Test
    void a_dead_endpoint_is_abandoned_while_another_subscriber_gets_its_event() {
        URI dead;
        try (Subscriber closed = Subscriber.answering(200)) {
            dead = closed.url();
        }
        try (Subscriber ops = Subscriber.answering(500, 500, 200);
                Running notifier = new Running(subscription("dead", dead, "*"), subscription("ops", ops.url(), "*"))) {
            Event<AlertRaised> event = publish(alert());

            await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, event).size() == 1
                    && logged(DeliveryAbandoned.class, event).size() == 1);
            assertThat(logged(DeliverySucceeded.class, event).getFirst().attempts()).isEqualTo(3);
            assertThat(logged(DeliveryAbandoned.class, event).getFirst().subscription()).isEqualTo("dead");
            assertThat(log).noneMatch(e -> new String(new EventCodec().encode(e), UTF_8).contains("MfKQ9r8"));
        }
    }

    @Test
    void a_notifier_that_starts_again_tells_what_it_missed_and_nothing_twice() {
        try (Subscriber ops = Subscriber.answering(200)) {
            Event<AlertRaised> before = alert();
            try (Running notifier = new Running(subscription("ops", ops.url(), "alert.raised"))) {
                publish(before);
                await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, before).size() == 1);
            }
            Event<AlertRaised> meanwhile = publish(alert());
            try (Running notifier = new Running(subscription("ops", ops.url(), "alert.raised"))) {
                Event<AlertRaised> after = publish(alert());
                await().atMost(AMPLE).until(() -> logged(DeliverySucceeded.class, after).size() == 1
                        && logged(DeliverySucceeded.class, meanwhile).size() == 1);
            }
            assertThat(ops.received()).hasSize(3);
        }
    }

    private <P extends Payload> List<P> logged(Class<P> type, Event<?> cause) {
        return log.stream().filter(event -> event.correlationId().equals(cause.correlationId())).map(Event::data)
                .filter(type::isInstance).map(type::cast).toList();
    }

    private static Event<AlertRaised> alert() {
        return Event.of("/holdfast/verifier-service", Instant.now(),
                new AlertRaised("shop", "dead-letter", "warning", "x", "a record could not be read", "next"));
    }

    private static <P extends Payload> Event<P> publish(Event<P> event) {
        outside.publisher().publish(Topics.EVENTS, event);
        return event;
    }

    private static Subscription subscription(String name, URI url, String... events) {
        return new Subscription(name, url, Duration.ofSeconds(20), List.of(events), () -> WebhookSecret.parse(SECRET, "ops"));
    }

    private static Messaging messaging(String service) {
        return Messaging.open(KafkaSettings.local(broker.bootstrapServers()), ServiceIdentity.newInstance(service, Clock.systemUTC()));
    }

    /** A notifier, wired as the service wires it. */
    private static final class Running implements AutoCloseable {

        private final Messaging messaging = messaging("notifier-service");
        private final WebhookClient client = new WebhookClient(Clock.systemUTC());
        private final LogFollower log;
        private final WorkQueue<DeliveryRequested> deliveries;

        Running(Subscription... all) {
            ServiceIdentity identity = ServiceIdentity.newInstance("notifier-service", Clock.systemUTC());
            Subscriptions subscriptions = new Subscriptions(List.of(all));
            NotifierService service = new NotifierService();
            messaging.topics().keepTrying(refusal -> { });
            log = service.log(messaging.followers(), subscriptions, messaging.publisher(), identity, Clock.systemUTC(),
                    new SimpleMeterRegistry());
            deliveries = service.deliveries(messaging.queues(), subscriptions, client, messaging.publisher(), identity, new SimpleMeterRegistry(),
                    new DeliverySettings(4, List.of(Duration.ofMillis(1), Duration.ofMillis(1))));
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
