package dev.holdfast.notifier.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.AlertResolved;
import dev.holdfast.events.DeliveryAbandoned;
import dev.holdfast.events.DeliveryDeferred;
import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.EventType;
import dev.holdfast.events.Payload;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.RecordedEvents;
import dev.holdfast.notifier.TestSubscriptions;
import dev.holdfast.notifier.subscription.Subscriptions;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
import dev.holdfast.testkit.SettableClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one try leads to, with a real server at the other end. */
class TryDeliveryTest {

    private static final Instant NOON = Instant.parse("2026-02-03T12:00:00Z");

    private final RecordedEvents recorded = new RecordedEvents();
    private final SettableClock clock = SettableClock.at(NOON);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final WebhookClient client = new WebhookClient(clock);
    private final DeliveryHistory history = new DeliveryHistory("n-1");

    @AfterEach
    void stop() {
        client.close();
    }

    @Test
    void a_success_is_said_with_its_tries_and_counted() {
        try (Subscriber ops = Subscriber.answering(500, 204)) {
            Delivery delivery = delivery("r1");
            DeliveryLanes.Again again = (DeliveryLanes.Again) attempt(ops, delivery, request("r1", "dev.holdfast.backup.failed.v1", "{}"));
            delivery.progress(again.progress());

            assertThat(attempt(ops, delivery, request("r1", "dev.holdfast.backup.failed.v1", "{}"))).isEqualTo(new DeliveryLanes.Over(true));
            assertThat(recorded.payloads(DeliverySucceeded.class)).containsExactly(
                    new DeliverySucceeded("shop", "ops", "msg_1", "e1", "dev.holdfast.backup.failed.v1", 2, 204, "r1"));
            assertThat(recorded.payloads(DeliveryDeferred.class)).containsExactly(new DeliveryDeferred("shop", "ops", "msg_1", "e1",
                    "dev.holdfast.backup.failed.v1", 1, 500, "the last answer was 500", "r1", again.progress().due()));
            assertThat(again.progress().due()).isBetween(NOON.plusSeconds(4), NOON.plusSeconds(6));
            assertThat(meters.counter("holdfast.deliveries", "subscription", "ops", "outcome", "succeeded").count()).isEqualTo(1);
            assertThat(meters.counter("holdfast.deliveries", "subscription", "ops", "outcome", "deferred").count()).isEqualTo(1);
            assertThat(ops.received()).extracting(Subscriber.Received::id).containsOnly("msg_1");
        }
    }

    @Test
    void a_subscriber_that_is_gone_is_left_alone_at_once_and_a_person_is_called() {
        try (Subscriber ops = Subscriber.answering(410)) {
            assertThat(attempt(ops, delivery("r1"), request("r1", "dev.holdfast.backup.failed.v1", "{}"))).isEqualTo(new DeliveryLanes.Over(true));

            assertThat(recorded.payloads(DeliveryAbandoned.class)).singleElement().satisfies(it ->
                    assertThat(it.reason()).contains("410").contains("no more deliveries"));
            assertThat(recorded.payloads(AlertRaised.class)).singleElement().satisfies(it -> {
                assertThat(it.about()).isEqualTo("ops");
                assertThat(it.nextStep()).contains("holdfast redeliver");
            });
        }
    }

    @Test
    void the_alert_is_raised_once_and_resolved_by_the_next_success() {
        try (Subscriber ops = Subscriber.answering(410, 410, 200, 410)) {
            for (int i = 1; i <= 4; i++) {
                attempt(ops, delivery("r" + i), request("r" + i, "dev.holdfast.backup.failed.v1", "{}"));
            }
            assertThat(recorded.sent().stream().map(sent -> sent.event().data().getClass().getSimpleName())).containsExactly("AlertRaised",
                    "DeliveryAbandoned", "DeliveryAbandoned", "DeliverySucceeded", "AlertResolved", "AlertRaised", "DeliveryAbandoned");
            assertThat(recorded.payloads(AlertResolved.class).getFirst().since()).isEqualTo(recorded.payloads(AlertRaised.class).getFirst().since());
        }
    }

    @Test
    void an_alert_that_another_instance_or_life_raised_is_not_raised_again() {
        try (Subscriber ops = Subscriber.answering(410)) {
            history.handle(event(new AlertRaised(null, "delivery-abandoned", "warning", "ops", "r", "n", NOON, 0)).withInstance("n-0"), position());
            attempt(ops, delivery("r1"), request("r1", "dev.holdfast.backup.failed.v1", "{}"));

            assertThat(recorded.payloads(AlertRaised.class)).isEmpty();
        }
    }

    @Test
    void an_alert_about_deliveries_that_is_not_delivered_raises_no_other_and_neither_does_a_test() {
        String alert = new String(new EventCodec().encode(event(new AlertRaised(null, "delivery-abandoned", "warning", "other", "r", "n"))),
                StandardCharsets.UTF_8);
        try (Subscriber ops = Subscriber.answering(410, 503)) {
            attempt(ops, delivery("r1"), request("r1", EventType.ALERT_RAISED.type(), alert));
            Event<DeliveryRequested> test = Event.of("r2", "/holdfast/cli", NOON, new DeliveryRequested("holdfast-test", "ops", "msg_2", "e2",
                    "dev.holdfast.backup.failed.v1", "{}", 1, "cli by ana"));
            attempt(ops, delivery("r2"), test);

            assertThat(recorded.payloads(DeliveryAbandoned.class)).extracting(DeliveryAbandoned::attempts).containsExactly(1, 1);
            assertThat(recorded.payloads(AlertRaised.class)).isEmpty();
        }
    }

    @Test
    void after_its_limit_a_delivery_is_given_up_without_another_try_and_never_waits_beyond_it() {
        try (Subscriber ops = Subscriber.answering(503)) {
            Delivery delivery = delivery("r1");
            clock.advance(Duration.ofHours(24).minusSeconds(1));
            DeliveryLanes.Again last = (DeliveryLanes.Again) attempt(ops, delivery, request("r1", "dev.holdfast.backup.failed.v1", "{}"));
            assertThat(last.progress().due()).isEqualTo(NOON.plus(Duration.ofHours(24)));
            delivery.progress(last.progress());
            clock.advance(Duration.ofSeconds(1));

            assertThat(attempt(ops, delivery, request("r1", "dev.holdfast.backup.failed.v1", "{}"))).isEqualTo(new DeliveryLanes.Over(false));
            assertThat(ops.received()).hasSize(1);
            assertThat(recorded.payloads(DeliveryAbandoned.class)).extracting(DeliveryAbandoned::reason, DeliveryAbandoned::status)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple("not delivered within 24 h; the last answer was 503", 503));
        }
    }

    @Test
    void a_subscriber_s_own_wish_is_waited_for() {
        try (Subscriber ops = new Subscriber((exchange, n) -> {
            exchange.getResponseHeaders().set("retry-after", "600");
            exchange.sendResponseHeaders(429, -1);
            exchange.close();
        })) {
            DeliveryLanes.Again again = (DeliveryLanes.Again) attempt(ops, delivery("r1"), request("r1", "dev.holdfast.backup.failed.v1", "{}"));
            assertThat(again.progress().due()).isEqualTo(NOON.plusSeconds(600));
        }
    }

    @Test
    void a_subscription_that_was_removed_is_abandoned_without_a_try() {
        tries(new Subscriptions(List.of()), recorded, Optional.of(request("r1", "t", "{}"))).apply(delivery("r1"));

        assertThat(recorded.payloads(DeliveryAbandoned.class)).extracting(DeliveryAbandoned::attempts).containsExactly(0);
        assertThat(recorded.payloads(AlertRaised.class)).isEmpty();
    }

    @Test
    void what_nobody_read_in_time_is_given_up_without_a_try_and_called_for_once_whatever_arrives_between() {
        try (Subscriber ops = Subscriber.answering(200)) {
            Map<String, Event<DeliveryRequested>> requests = new HashMap<>();
            TryDelivery tries = tries(subscriptions(ops), recorded, delivery -> Optional.of(requests.get(delivery.id())));
            for (int i = 1; i <= 3; i++) {
                Event<DeliveryRequested> late = Event.of("late" + i, "/holdfast/notifier-service", NOON, new DeliveryRequested("shop", "ops",
                        "msg_" + i, "e" + i, "dev.holdfast.backup.failed.v1", "{}", null, null, "nobody read it within 24 h"));
                requests.put(late.id(), late);
                requests.put("r" + i, request("r" + i, "dev.holdfast.backup.failed.v1", "{}"));
                assertThat(tries.apply(delivery(late.id()))).isEqualTo(new DeliveryLanes.Over(true));
                tries.apply(delivery("r" + i));
            }

            assertThat(ops.received()).hasSize(3);
            assertThat(recorded.payloads(DeliveryAbandoned.class)).hasSize(3).allSatisfy(it -> {
                assertThat(it.reason()).isEqualTo("nobody read it within 24 h");
                assertThat(it.attempts()).isZero();
            });
            assertThat(recorded.payloads(AlertRaised.class)).hasSize(1);
            assertThat(recorded.payloads(AlertResolved.class)).hasSize(1);

            clock.advance(Duration.ofHours(26));
            tries.apply(delivery("late3"));
            assertThat(recorded.payloads(AlertRaised.class)).as("the next absence").hasSize(2);
        }
    }

    @Test
    void a_delivery_whose_request_is_gone_from_its_topic_is_abandoned_by_what_is_known_of_it() {
        tries(subscriptions(URI.create("http://localhost/")), recorded, Optional.empty()).apply(delivery("r1"));

        assertThat(recorded.payloads(DeliveryAbandoned.class)).containsExactly(new DeliveryAbandoned("shop", "ops", "msg_1", "e1",
                "dev.holdfast.backup.failed.v1", 0, null, "its request was deleted before it could be told", "r1"));
        assertThat(recorded.payloads(AlertRaised.class)).hasSize(1);
    }

    @Test
    void what_the_broker_does_not_take_is_said_again_and_the_subscriber_is_not_told_again() {
        AtomicInteger refused = new AtomicInteger(2);
        EventPublisher shaky = new EventPublisher() {
            @Override
            public void publish(String topic, Event<?> event) {
                if (refused.getAndDecrement() > 0) {
                    throw new HoldfastException(FailureKind.RETRIABLE, "broker-unreachable", "m", "n");
                }
                recorded.publish(topic, event);
            }

            @Override
            public void publishUnconfirmed(String topic, Event<?> event) {
                throw new AssertionError("how a delivery ends has to be confirmed");
            }
        };
        try (Subscriber ops = Subscriber.answering(200)) {
            assertThat(tries(subscriptions(ops), shaky, Optional.of(request("r1", "t", "{}"))).apply(delivery("r1"))).isEqualTo(new DeliveryLanes.Over(true));

            assertThat(ops.received()).hasSize(1);
            assertThat(recorded.payloads(DeliverySucceeded.class)).hasSize(1);
        }
    }

    @Test
    void the_log_tells_a_new_life_what_is_over_and_where_the_rest_has_come_to() {
        DeliveryDeferred deferred = new DeliveryDeferred("shop", "ops", "msg_1", "e1", "t", 3, 503, "the last answer was 503", "r1", NOON.plusSeconds(60));
        history.handle(event(deferred), position());
        history.handle(event(new DeliverySucceeded("shop", "ops", "msg_2", "e2", "t", 1, 200, "r2")), position());
        history.handle(event(new DeliverySucceeded("shop", "ops", "msg_3", "e3", "t", 1, 200, null)), position());

        assertThat(history.progress("r1")).contains(new Delivery.Progress(3, NOON.plusSeconds(60), 503, "the last answer was 503"));
        assertThat(history.isOver("r1")).isFalse();
        assertThat(history.isOver("r2")).isTrue();
        assertThat(history.isOver("msg_3")).as("as an older version said it").isTrue();
        history.reach(Duration.ofHours(25));
        history.handle(event(new DeliverySucceeded("shop", "ops", "msg_4", "e4", "t", 1, 200, "r4")),
                new LogPosition("holdfast.events", 0, 9, NOON.plus(Duration.ofHours(26)), "shop"));
        assertThat(history.isOver("r2")).isFalse();
        assertThat(history.progress("r1")).isEmpty();
    }

    private DeliveryLanes.Result attempt(Subscriber subscriber, Delivery delivery, Event<DeliveryRequested> request) {
        return tries(subscriptions(subscriber), recorded, Optional.of(request)).apply(delivery);
    }

    private TryDelivery tries(Subscriptions subscriptions, EventPublisher publisher, Optional<Event<DeliveryRequested>> request) {
        return tries(subscriptions, publisher, delivery -> request);
    }

    private TryDelivery tries(Subscriptions subscriptions, EventPublisher publisher,
            Function<Delivery, Optional<Event<DeliveryRequested>>> requests) {
        DeliveryMetrics metrics = new DeliveryMetrics(meters);
        return new TryDelivery(subscriptions, client, requests, new TellDeliveries(publisher,
                new ServiceIdentity("notifier-service", "n-1", clock), clock, history, metrics),
                new RetryPauses(List.of(Duration.ofSeconds(5), Duration.ofSeconds(30)), new Random(1)), Duration.ofHours(24), clock, metrics);
    }

    private static Subscriptions subscriptions(Subscriber subscriber) {
        return subscriptions(subscriber.url());
    }

    private static Subscriptions subscriptions(URI url) {
        return new Subscriptions(List.of(TestSubscriptions.of("ops", url, "*")));
    }

    private static Delivery delivery(String id) {
        return new Delivery(request(id, "dev.holdfast.backup.failed.v1", "{}"), position(), Delivery.Progress.none(NOON));
    }

    private static Event<DeliveryRequested> request(String id, String eventType, String body) {
        return Event.of(id, "/holdfast/notifier-service", NOON, new DeliveryRequested("shop", "ops", "msg_1", "e1", eventType, body));
    }

    private static <P extends Payload> Event<P> event(P data) {
        return Event.of("/holdfast/notifier-service", NOON, data);
    }

    private static LogPosition position() {
        return new LogPosition("holdfast.events", 0, 1, NOON, "shop");
    }
}
