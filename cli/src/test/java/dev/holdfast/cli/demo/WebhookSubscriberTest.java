package dev.holdfast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class WebhookSubscriberTest {

    /** The published example of the Standard Webhooks 1.0 specification's reference libraries. */
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final long TIMESTAMP = 1614265330;
    private static final String BODY = "{\"test\": 2432232314}";
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    @Test
    void a_delivery_signed_as_the_specification_has_it_is_believed() throws Exception {
        assertThat(post(SIGNATURE, BODY, TIMESTAMP)).isEqualTo(204);
        assertThat(post("v1,bm8= " + SIGNATURE, BODY, TIMESTAMP)).isEqualTo(204);
    }

    @Test
    void a_changed_body_a_changed_signature_and_an_old_timestamp_are_not_believed() throws Exception {
        assertThat(post(SIGNATURE, BODY + " ", TIMESTAMP)).isEqualTo(401);
        assertThat(post("v1,AAAA", BODY, TIMESTAMP)).isEqualTo(401);
        assertThat(post(SIGNATURE, BODY, TIMESTAMP + 400)).isEqualTo(401);
    }

    private static int post(String signature, String body, long now) throws Exception {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(now), ZoneOffset.UTC);
        try (WebhookSubscriber subscriber = WebhookSubscriber.start(SECRET, clock); HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<Void> response = client.send(HttpRequest.newBuilder(URI.create(subscriber.url()))
                    .header("webhook-id", ID).header("webhook-timestamp", Long.toString(TIMESTAMP)).header("webhook-signature", signature)
                    .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.discarding());
            assertThat(subscriber.deliveries()).hasSize(1);
            return response.statusCode();
        }
    }
}
