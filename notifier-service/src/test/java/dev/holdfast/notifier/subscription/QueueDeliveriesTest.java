package dev.holdfast.notifier.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.DeliveryAbandoned;
import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.RecordedEvents;
import dev.holdfast.notifier.TestSubscriptions;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueDeliveriesTest {

    private static final Instant NOON = Instant.parse("2026-02-03T12:00:00Z");
    private static final LogPosition POSITION = new LogPosition(Topics.EVENTS, 0, 7, NOON, "shop");

    private final RecordedEvents recorded = new RecordedEvents();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
    private final ServiceIdentity identity = new ServiceIdentity("notifier-service", "n-1", clock);

    @Test
    void every_subscriber_that_wants_the_event_gets_one_delivery() {
        queue(alert("reason"), subscription("ops", "alert.raised", "backup.*", "*"), subscription("all", "*"), subscription("other", "backup.*"));

        assertThat(recorded.sent()).extracting(RecordedEvents.Sent::topic).containsOnly(Topics.DELIVERIES);
        assertThat(recorded.payloads(DeliveryRequested.class)).extracting(DeliveryRequested::subscription).containsExactly("ops", "all");
    }

    @Test
    void the_body_is_the_event_and_the_envelope_follows_from_it() {
        Event<AlertRaised> event = alert("reason").withCorrelationId("c-1");
        queue(event, subscription("ops", "*"));

        Event<?> queued = recorded.sent().getFirst().event();
        DeliveryRequested delivery = (DeliveryRequested) queued.data();
        assertThat(new EventCodec().decode(delivery.body().getBytes(StandardCharsets.UTF_8))).isEqualTo(event);
        assertThat(queued.correlationId()).isEqualTo("c-1");
        assertThat(queued.id()).isEqualTo(delivery.webhookId());
        assertThat(delivery.eventId()).isEqualTo(event.id());
        assertThat(delivery.eventType()).isEqualTo("dev.holdfast.alert.raised.v1");
    }

    @Test
    void a_duplicate_has_the_same_webhook_id_and_nothing_else_has() {
        Event<AlertRaised> event = alert("reason");
        queue(event, subscription("ops", "*"), subscription("all", "*"));
        queue(event.withInstance("another"), subscription("ops", "*"), subscription("all", "*"));
        queue(alert("reason"), subscription("ops", "*"));

        List<String> ids = recorded.payloads(DeliveryRequested.class).stream().map(DeliveryRequested::webhookId).toList();
        assertThat(ids.subList(0, 2)).isEqualTo(ids.subList(2, 4)).doesNotHaveDuplicates();
        assertThat(ids.get(4)).isNotIn(ids.subList(0, 4));
        assertThat(ids).allMatch(id -> id.matches("msg_[0-9a-f-]{36}"));
    }

    @Test
    void a_delivery_is_never_delivered() {
        Event<DeliverySucceeded> event = Event.of("/holdfast/notifier-service", NOON,
                new DeliverySucceeded("shop", "ops", "msg_1", "1", "dev.holdfast.alert.raised.v1", 1, 200, null));

        queue(event, subscription("all", "*"), subscription("tricky", "delivery.*", "delivery.succeeded"));

        assertThat(recorded.sent()).isEmpty();
    }

    @Test
    void an_event_without_a_time_is_delivered_with_that_of_its_record() {
        Event<BackupRequested> timeless = Event.of("/people/ana", null, new BackupRequested("shop", null, null, null, null, null, null, null));

        queue(timeless, subscription("all", "*"));

        assertThat(recorded.payloads(DeliveryRequested.class).getFirst().body()).contains("\"time\":\"2026-02-03T12:00:00Z\"");
    }

    @Test
    void an_event_too_large_to_deliver_is_abandoned_and_stalls_nothing() {
        queue(alert("\"\\".repeat(QueueDeliveries.MAX_BODY_BYTES / 2)), subscription("ops", "*"));
        queue(alert("\"".repeat(QueueDeliveries.MAX_BODY_BYTES / 2 - 1_000)), subscription("ops", "*"));

        assertThat(recorded.payloads(DeliveryAbandoned.class)).singleElement()
                .satisfies(abandoned -> assertThat(abandoned.reason()).contains("bytes"));
        assertThat(recorded.payloads(DeliveryRequested.class)).hasSize(1);
    }

    @Test
    void what_the_broker_does_not_confirm_is_not_passed_over() {
        HoldfastException unreachable = new HoldfastException(FailureKind.RETRIABLE, "broker-unreachable", "m", "n");
        EventPublisher down = new EventPublisher() {
            @Override
            public void publish(String topic, Event<?> event) {
                throw unreachable;
            }

            @Override
            public void publishUnconfirmed(String topic, Event<?> event) {
                throw new AssertionError("a delivery has to be confirmed");
            }
        };
        QueueDeliveries queue = new QueueDeliveries(new Subscriptions(List.of(subscription("ops", "*"))), down, identity, clock, meters);

        assertThatThrownBy(() -> queue.handle(alert("reason"), POSITION)).isSameAs(unreachable);
    }

    @Test
    void an_event_that_is_no_news_any_more_is_queued_to_be_given_up() {
        QueueDeliveries queue = new QueueDeliveries(new Subscriptions(List.of(subscription("ops", "*"))), recorded, identity, clock, meters);

        queue.handle(alert("last month's"), new LogPosition(Topics.EVENTS, 0, 1, NOON.minus(QueueDeliveries.reach(true)).minusMillis(1), "shop"));
        queue.handle(alert("yesterday's"), new LogPosition(Topics.EVENTS, 0, 2, NOON.minus(QueueDeliveries.reach(true)), "shop"));

        assertThat(recorded.payloads(DeliveryRequested.class)).satisfiesExactly(late -> {
            assertThat(late.body()).as("so that it can be sent again").contains("last month's");
            assertThat(late.notTriedBecause()).contains("24 h");
        }, inTime -> {
            assertThat(inTime.body()).contains("yesterday's");
            assertThat(inTime.notTriedBecause()).isNull();
        });
        assertThat(meters.counter("holdfast.deliveries.outdated").count()).isEqualTo(1);
    }

    @Test
    void only_http_urls_without_a_password_are_called() {
        for (String url : List.of("ftp://host/", "file:///etc/passwd", "http:///nohost", "mailto:ana@example.org", "/relative",
                "https://user:hunter2@host/")) {
            assertThatThrownBy(() -> TestSubscriptions.of("ops", URI.create(url), "*").url()).as(url)
                    .isInstanceOf(HoldfastException.class).hasMessageContaining("ops").hasMessageNotContaining("hunter2");
        }
    }

    private void queue(Event<?> event, Subscription... subscriptions) {
        new QueueDeliveries(new Subscriptions(List.of(subscriptions)), recorded, identity, clock, meters).handle(event, POSITION);
    }

    private static Event<AlertRaised> alert(String reason) {
        return Event.of("/holdfast/verifier-service", NOON, new AlertRaised("shop", "dead-letter", "warning", "x", reason, "next"));
    }

    private static Subscription subscription(String name, String... events) {
        return TestSubscriptions.of(name, URI.create("http://localhost/"), events);
    }
}
