package dev.holdfast.notifier.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.TestSubscriptions;
import dev.holdfast.notifier.signature.WebhookSecret;
import dev.holdfast.notifier.subscription.Endpoint;
import dev.holdfast.notifier.subscription.Subscription;
import dev.holdfast.testkit.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class WebhookClientTest {

    private static final String BODY = "{\"specversion\":\"1.0\",\"reason\":\"ünï\"}";
    /** Judged public, and nobody's: IANA has given 4000::/3 to nobody (IPv6 address space registry). */
    private static final String NOBODYS = "4000::1";
    private static final String OTHER = "whsec_" + "QUJD".repeat(8);

    private final SettableClock clock = SettableClock.at("2026-02-03T12:00:00Z");
    private final WebhookClient client = new WebhookClient(clock);

    @AfterEach
    void stop() {
        client.close();
    }

    @Test
    void a_delivery_is_posted_once_signed_as_it_is() {
        try (Subscriber subscriber = Subscriber.answering(204)) {
            assertThat(post(subscriber.url())).isEqualTo(new Outcome.Accepted(204));

            Subscriber.Received received = subscriber.received().getFirst();
            assertThat(subscriber.received()).hasSize(1);
            assertThat(received.method()).isEqualTo("POST");
            assertThat(received.contentType()).isEqualTo("application/cloudevents+json");
            assertThat(received.text()).isEqualTo(BODY);
            assertThat(received.id()).isEqualTo("msg_1");
            assertThat(received.timestamp()).isEqualTo("1770120000");
            assertThat(received.isSignedWith(TestSubscriptions.SECRET)).isTrue();
        }
    }

    @Test
    void while_a_secret_is_rotated_both_sign_the_new_one_first() {
        try (Subscriber subscriber = Subscriber.answering(200)) {
            client.post(new Subscription("ops", endpoint(subscriber.url(), true), List.of("*"),
                    () -> List.of(WebhookSecret.parse(OTHER, "ops"), WebhookSecret.parse(TestSubscriptions.SECRET, "ops"))), "msg_1", BODY);

            Subscriber.Received received = subscriber.received().getFirst();
            assertThat(received.signature().split(" ")).hasSize(2).allMatch(signature -> signature.startsWith("v1,"));
            assertThat(received.isSignedWith(OTHER)).isTrue();
            assertThat(received.isSignedWith(TestSubscriptions.SECRET)).isTrue();
            assertThat(WebhookSecret.parse(OTHER, "ops").verifies(received.id(), received.timestamp(), received.signature().split(" ")[0],
                    received.body())).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 410, 429, 500, 503})
    void what_is_declined_is_no_success(int status) {
        try (Subscriber subscriber = Subscriber.answering(status)) {
            assertThat(post(subscriber.url()).statusOrNull()).isEqualTo(status);
            assertThat(post(subscriber.url()).isFinal()).isEqualTo(status == 410);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_is_not_followed(int status) {
        try (Subscriber elsewhere = Subscriber.answering(200);
                Subscriber subscriber = new Subscriber((exchange, n) -> {
                    exchange.getResponseHeaders().set("location", elsewhere.url().toString());
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                })) {
            assertThat(post(subscriber.url()).text()).isEqualTo("the last answer was " + status + ", and redirects are not followed");
            assertThat(elsewhere.received()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"120", "Tue, 03 Feb 2026 12:02:00 GMT"})
    void a_subscriber_may_say_when_to_come_again(String retryAfter) {
        try (Subscriber subscriber = new Subscriber((exchange, n) -> declined(exchange, retryAfter))) {
            assertThat(((Outcome.Declined) post(subscriber.url())).retryAfter()).contains(Duration.ofMinutes(2));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5", "99999999999999999999", "Tue, 03 Feb 2026 11:00:00 GMT"})
    void a_wish_that_is_none_counts_as_unsaid(String retryAfter) {
        try (Subscriber subscriber = new Subscriber((exchange, n) -> declined(exchange, retryAfter))) {
            assertThat(((Outcome.Declined) post(subscriber.url())).retryAfter()).isEmpty();
        }
    }

    @Test
    void a_dead_endpoint_and_a_host_that_does_not_exist_are_unanswered() {
        URI dead;
        try (Subscriber closed = Subscriber.answering(200)) {
            dead = closed.url();
        }
        assertThat(post(dead)).isEqualTo(new Outcome.Unanswered("the connection was refused"));
        assertThat(post(URI.create("http://no-such-host.invalid/"))).isInstanceOf(Outcome.Unanswered.class);
    }

    @Test
    void an_answer_that_never_comes_or_never_ends_times_out() {
        CountDownLatch never = new CountDownLatch(1);
        try (Subscriber silent = new Subscriber((exchange, n) -> await(never)); Subscriber trickling = new Subscriber((exchange, n) -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            await(never);
        })) {
            for (Subscriber subscriber : List.of(silent, trickling)) {
                assertThat(client.post(TestSubscriptions.of("ops", subscriber.url(), Duration.ofMillis(300), "*"), "msg_1", BODY))
                        .isEqualTo(new Outcome.Unanswered("no complete answer within 300 ms"));
            }
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
            assertThat(post(subscriber.url())).isEqualTo(new Outcome.Accepted(200));
        }
    }

    @Test
    void a_server_that_hangs_up_is_no_success() {
        try (Subscriber subscriber = new Subscriber((exchange, n) -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('x');
            exchange.close();
        })) {
            assertThat(post(subscriber.url())).isInstanceOf(Outcome.Unanswered.class);
        }
    }

    @Test
    void a_header_without_end_is_no_answer() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write("HTTP/1.1 200 OK\r\nx: ".getBytes(StandardCharsets.US_ASCII));
                    while (true) {
                        socket.getOutputStream().write("y".repeat(8192).getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException closedByTheClient) {
                    // What the test waits for.
                }
            });
            assertThat(post(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"))).isInstanceOf(Outcome.Unanswered.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"})
    void nothing_is_sent_to_this_machine_unless_the_subscription_allows_it(String host) {
        try (Subscriber subscriber = Subscriber.answering(200)) {
            URI url = URI.create("http://" + host + ":" + subscriber.url().getPort() + "/");
            Outcome outcome = client.post(new Subscription("ops", endpoint(url, false), List.of("*"), List::of), "msg_1", BODY);

            assertThat(outcome).isInstanceOf(host.equals("2130706433") ? Outcome.class : Outcome.Refused.class)
                    .isNotInstanceOf(Outcome.Accepted.class);
            assertThat(subscriber.received()).isEmpty();
        }
    }

    @Test
    void the_address_that_is_judged_is_the_one_that_is_called_whatever_the_name_says_next() {
        AtomicInteger asked = new AtomicInteger();
        DnsResolver rebinding = new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) {
                return new InetAddress[] {address(asked.getAndIncrement() == 0 ? NOBODYS : "127.0.0.1")};
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
        try (Subscriber subscriber = Subscriber.answering(200); WebhookClient judged = new WebhookClient(clock, rebinding)) {
            URI url = URI.create("http://rebinding.example:" + subscriber.url().getPort() + "/");

            Subscription ops = new Subscription("ops", endpoint(url, false), List.of("*"), List::of);

            assertThat(judged.post(ops, "msg_1", BODY)).as("the first answer was called, where nobody is").isInstanceOf(Outcome.Unanswered.class);
            assertThat(asked).as("asked once, so that there is no second answer to connect to").hasValue(1);
            assertThat(judged.post(ops, "msg_1", BODY)).as("the second answer is judged as well").isInstanceOf(Outcome.Refused.class);
            assertThat(subscriber.received()).isEmpty();
        }
    }

    @Test
    void a_slack_subscription_gets_a_message_and_no_signature() {
        try (Subscriber subscriber = Subscriber.answering(200)) {
            client.post(TestSubscriptions.slack("chat", subscriber.url(), "*"), "msg_1", BODY);

            Subscriber.Received received = subscriber.received().getFirst();
            assertThat(received.contentType()).startsWith("application/json");
            assertThat(received.text()).startsWith("{\"text\":");
            assertThat(received.signature()).isNull();
        }
    }

    @Test
    void a_secret_that_cannot_be_read_now_is_a_failed_try_and_a_bug_is_none() {
        assertThat(client.post(failing(new HoldfastException(FailureKind.PERMANENT, "secret-unreadable", "reading env:OPS: it is not set", "n")),
                "msg_1", BODY)).isEqualTo(new Outcome.Unanswered("reading env:OPS: it is not set"));
        HoldfastException bug = new HoldfastException(FailureKind.BUG, "event-invalid", "m", "n");
        assertThatThrownBy(() -> client.post(failing(bug), "msg_1", BODY)).isSameAs(bug);
    }

    @Test
    void neither_the_secret_nor_the_url_reaches_a_log_line_or_a_reason(CapturedOutput output) {
        StringBuilder reasons = new StringBuilder();
        try (Subscriber subscriber = Subscriber.answering(500)) {
            reasons.append(post(subscriber.url()).text());
        }
        reasons.append(post(URI.create("http://no-such-host.invalid/hook?token=in-the-url")).text());
        reasons.append(client.post(new Subscription("ops", endpoint(URI.create("http://127.0.0.1/hook?token=in-the-url"), false), List.of("*"),
                List::of), "msg_1", BODY).text());

        assertThat(output.getAll() + reasons).doesNotContain("MfKQ9r8").doesNotContain("in-the-url").doesNotContain("no-such-host");
    }

    private Outcome post(URI url) {
        return client.post(TestSubscriptions.of("ops", url, "*"), "msg_1", BODY);
    }

    private static Endpoint endpoint(URI url, boolean allowPrivate) {
        return new Endpoint(() -> url, Endpoint.Format.CLOUDEVENTS, Duration.ofSeconds(20), allowPrivate);
    }

    private static Subscription failing(HoldfastException failure) {
        return new Subscription("ops", endpoint(URI.create("http://localhost/"), true), List.of("*"), () -> {
            throw failure;
        });
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void declined(HttpExchange exchange, String retryAfter) throws IOException {
        exchange.getResponseHeaders().set("retry-after", retryAfter);
        exchange.sendResponseHeaders(503, -1);
        exchange.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
