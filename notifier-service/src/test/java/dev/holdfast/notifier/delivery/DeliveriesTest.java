package dev.holdfast.notifier.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.events.DeliveryAbandoned;
import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.RecordedEvents;
import dev.holdfast.notifier.signature.WebhookSecret;
import dev.holdfast.notifier.subscription.Subscription;
import dev.holdfast.notifier.subscription.Subscriptions;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.testkit.SettableClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class DeliveriesTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final Duration AMPLE = Duration.ofSeconds(60);
    private static final String BODY = "{\"specversion\":\"1.0\",\"reason\":\"ünï\"}";

    private final RecordedEvents recorded = new RecordedEvents();
    private final SettableClock clock = SettableClock.at("2026-02-03T12:00:00Z");
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final WebhookClient client = new WebhookClient(clock);

    @AfterEach
    void stop() {
        client.close();
    }

    @Test
    void a_delivery_is_posted_once_signed_as_it_is() {
        try (Subscriber subscriber = Subscriber.answering(204)) {
            deliver(subscriber.url(), AMPLE);

            Subscriber.Received received = subscriber.received().getFirst();
            assertThat(subscriber.received()).hasSize(1);
            assertThat(received.method()).isEqualTo("POST");
            assertThat(received.contentType()).isEqualTo("application/cloudevents+json");
            assertThat(received.text()).isEqualTo(BODY);
            assertThat(received.id()).isEqualTo("msg_1");
            assertThat(received.timestamp()).isEqualTo("1770120000");
            assertThat(received.isSignedWith(SECRET)).isTrue();
            assertThat(recorded.payloads(DeliverySucceeded.class)).containsExactly(
                    new DeliverySucceeded("shop", "ops", "msg_1", "e1", "dev.holdfast.alert.raised.v1", 1, 204, "msg_1"));
            assertThat(recorded.sent().getFirst().topic()).isEqualTo(Topics.EVENTS);
            assertThat(recorded.sent().getFirst().event().correlationId()).isEqualTo("c-1");
        }
    }

    @Test
    void two_answers_of_500_and_then_200_is_a_success_with_the_same_id_each_time() {
        try (Subscriber subscriber = Subscriber.answering(500, 500, 200)) {
            deliver(subscriber.url(), AMPLE);

            assertThat(subscriber.received()).hasSize(3).extracting(Subscriber.Received::id).containsOnly("msg_1");
            assertThat(subscriber.received()).extracting(Subscriber.Received::text).containsOnly(BODY);
            assertThat(recorded.payloads(DeliverySucceeded.class)).extracting(DeliverySucceeded::attempts).containsExactly(3);
            assertThat(meters.counter("holdfast.deliveries", "subscription", "ops", "outcome", "succeeded").count()).isEqualTo(1);
            assertThat(meters.timer("holdfast.delivery.try", "subscription", "ops", "result", "declined").count()).isEqualTo(2);
        }
    }

    @Test
    void each_try_is_signed_at_its_own_time() {
        try (Subscriber subscriber = new Subscriber((exchange, n) -> {
            clock.advance(Duration.ofSeconds(90));
            exchange.sendResponseHeaders(n == 0 ? 503 : 200, -1);
            exchange.close();
        })) {
            deliver(subscriber.url(), AMPLE);

            assertThat(subscriber.received()).extracting(Subscriber.Received::timestamp).containsExactly("1770120000", "1770120090");
            assertThat(subscriber.received()).allMatch(received -> received.isSignedWith(SECRET));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 429, 500, 503})
    void what_is_declined_three_times_is_abandoned_with_its_status(int status) {
        try (Subscriber subscriber = Subscriber.answering(status)) {
            deliver(subscriber.url(), AMPLE);

            assertThat(subscriber.received()).hasSize(3);
            assertThat(recorded.payloads(DeliveryAbandoned.class)).containsExactly(new DeliveryAbandoned("shop", "ops", "msg_1", "e1",
                    "dev.holdfast.alert.raised.v1", 3, status, "the last answer was " + status, "msg_1"));
        }
    }

    @Test
    void a_subscriber_that_is_gone_is_left_alone_at_once() {
        try (Subscriber subscriber = Subscriber.answering(410)) {
            deliver(subscriber.url(), AMPLE);

            assertThat(subscriber.received()).hasSize(1);
            assertThat(recorded.payloads(DeliveryAbandoned.class)).extracting(DeliveryAbandoned::attempts).containsExactly(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void a_redirect_is_not_followed(int status) {
        try (Subscriber elsewhere = Subscriber.answering(200);
                Subscriber subscriber = new Subscriber((exchange, n) -> {
                    exchange.getResponseHeaders().set("location", elsewhere.url().toString());
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                })) {
            deliver(subscriber.url(), AMPLE);

            assertThat(elsewhere.received()).isEmpty();
            assertThat(recorded.payloads(DeliveryAbandoned.class)).extracting(DeliveryAbandoned::reason)
                    .containsExactly("the last answer was " + status + ", and redirects are not followed");
        }
    }

    @Test
    void a_dead_endpoint_is_abandoned_without_a_status() {
        URI dead;
        try (Subscriber closed = Subscriber.answering(200)) {
            dead = closed.url();
        }
        deliver(dead, AMPLE);

        DeliveryAbandoned abandoned = recorded.payloads(DeliveryAbandoned.class).getFirst();
        assertThat(abandoned.attempts()).isEqualTo(3);
        assertThat(abandoned.status()).isNull();
        assertThat(abandoned.reason()).isEqualTo("the connection was refused, or the host is unknown");
    }

    @Test
    void a_host_that_does_not_exist_is_abandoned_like_a_dead_one() {
        deliver(URI.create("http://no-such-host.invalid/"), AMPLE);

        assertThat(recorded.payloads(DeliveryAbandoned.class)).extracting(DeliveryAbandoned::status).containsOnlyNulls();
    }

    @Test
    void an_answer_that_never_comes_times_out() {
        CountDownLatch never = new CountDownLatch(1);
        try (Subscriber subscriber = new Subscriber((exchange, n) -> await(never))) {
            deliver(subscriber.url(), Duration.ofMillis(300));

            assertThat(recorded.payloads(DeliveryAbandoned.class)).extracting(DeliveryAbandoned::reason)
                    .containsExactly("no complete answer within 300 ms");
            assertThat(meters.timer("holdfast.delivery.try", "subscription", "ops", "result", "unanswered").count()).isEqualTo(3);
        } finally {
            never.countDown();
        }
    }

    @Test
    void an_answer_whose_body_never_ends_times_out_too() {
        CountDownLatch never = new CountDownLatch(1);
        try (Subscriber subscriber = new Subscriber((exchange, n) -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            await(never);
        })) {
            deliver(subscriber.url(), Duration.ofMillis(300));

            assertThat(recorded.payloads(DeliveryAbandoned.class)).hasSize(1);
        } finally {
            never.countDown();
        }
    }

    @Test
    void an_endless_flood_of_an_answer_is_read_to_a_limit_only() {
        try (Subscriber subscriber = new Subscriber((exchange, n) -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                while (true) {
                    exchange.getResponseBody().write(new byte[8192]);
                }
            } catch (IOException closedByTheClient) {
                exchange.close();
            }
        })) {
            deliver(subscriber.url(), AMPLE);

            assertThat(recorded.payloads(DeliverySucceeded.class)).hasSize(1);
        }
    }

    @Test
    void a_server_that_hangs_up_is_no_success() {
        try (Subscriber subscriber = new Subscriber((exchange, n) -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('x');
            exchange.close();
        })) {
            deliver(subscriber.url(), AMPLE);

            assertThat(recorded.payloads(DeliveryAbandoned.class)).hasSize(1);
        }
    }

    @Test
    void a_subscription_that_was_removed_is_abandoned_without_a_try() {
        deliveries(new Subscriptions(List.of())).claim(request()).run();

        assertThat(recorded.payloads(DeliveryAbandoned.class)).extracting(DeliveryAbandoned::attempts).containsExactly(0);
    }

    @Test
    void a_secret_that_cannot_be_read_any_more_is_abandoned_with_the_reason() {
        try (Subscriber subscriber = Subscriber.answering(200)) {
            deliver(subscriber.url(), AMPLE, () -> {
                throw new HoldfastException(FailureKind.PERMANENT, "secret-unreadable", "reading env:OPS_SECRET: it is not set", "set it");
            });

            assertThat(subscriber.received()).isEmpty();
            assertThat(recorded.payloads(DeliveryAbandoned.class)).extracting(DeliveryAbandoned::reason)
                    .containsExactly("reading env:OPS_SECRET: it is not set");
        }
    }

    @Test
    void a_rotated_secret_counts_from_the_next_delivery() {
        String rotated = "whsec_" + "QUJD".repeat(8);
        String[] current = {SECRET};
        try (Subscriber subscriber = Subscriber.answering(200)) {
            Deliveries deliveries = deliveries(subscriptions(subscriber.url(), AMPLE, () -> WebhookSecret.parse(current[0], "ops")));
            deliveries.claim(request()).run();
            current[0] = rotated;
            deliveries.claim(request()).run();

            assertThat(subscriber.received().get(0).isSignedWith(SECRET)).isTrue();
            assertThat(subscriber.received().get(1).isSignedWith(SECRET)).isFalse();
            assertThat(subscriber.received().get(1).isSignedWith(rotated)).isTrue();
        }
    }

    @Test
    void a_delivery_that_a_stop_interrupts_is_queued_again_under_the_same_id() throws InterruptedException {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (Subscriber subscriber = new Subscriber((exchange, n) -> {
            arrived.countDown();
            await(never);
        })) {
            Thread slot = Thread.ofPlatform().start(() -> deliver(subscriber.url(), AMPLE));
            arrived.await();
            slot.interrupt();
            slot.join();

            assertThat(recorded.sent()).singleElement().satisfies(sent -> {
                assertThat(sent.topic()).isEqualTo(Topics.DELIVERIES);
                assertThat(sent.event()).isEqualTo(request());
            });
        } finally {
            never.countDown();
        }
    }

    @Test
    void an_unforeseen_failure_is_not_taken_for_a_secret() {
        HoldfastException bug = new HoldfastException(FailureKind.BUG, "event-invalid", "m", "n");

        assertThatThrownBy(() -> deliver(URI.create("http://localhost/"), AMPLE, () -> {
            throw bug;
        })).isSameAs(bug);
    }

    @Test
    void neither_the_secret_nor_the_url_reaches_a_log_line_or_an_event(CapturedOutput output) {
        try (Subscriber subscriber = Subscriber.answering(500, 500, 500, 200)) {
            deliver(subscriber.url(), AMPLE);
            deliver(subscriber.url(), AMPLE);
        }
        deliver(URI.create("http://no-such-host.invalid/hook?token=in-the-url"), AMPLE);

        assertThat(recorded.sent()).hasSize(3);
        assertThat(output.getAll()).contains("abandoned").doesNotContain("MfKQ9r8").doesNotContain("in-the-url");
        assertThat(recorded.sent()).noneMatch(sent -> sent.json().contains("MfKQ9r8") || sent.json().contains("in-the-url"));
    }

    private void deliver(URI url, Duration timeout) {
        deliver(url, timeout, () -> WebhookSecret.parse(SECRET, "ops"));
    }

    private void deliver(URI url, Duration timeout, Supplier<WebhookSecret> secret) {
        deliveries(subscriptions(url, timeout, secret)).claim(request()).run();
    }

    private Deliveries deliveries(Subscriptions subscriptions) {
        return new Deliveries(subscriptions, client, recorded, new ServiceIdentity("notifier-service", "n-1", clock),
                new DeliveryMetrics(meters), List.of(Duration.ofMillis(1), Duration.ofMillis(2)));
    }

    private static Subscriptions subscriptions(URI url, Duration timeout, Supplier<WebhookSecret> secret) {
        return new Subscriptions(List.of(new Subscription("ops", url, timeout, List.of("*"), secret)));
    }

    private Event<DeliveryRequested> request() {
        return Event.of("msg_1", "/holdfast/notifier-service", SettableClock.at("2026-02-03T12:00:00Z").instant(),
                new DeliveryRequested("shop", "ops", "msg_1", "e1", "dev.holdfast.alert.raised.v1", BODY)).withCorrelationId("c-1");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
