package dev.holdfast.notifier.delivery;

import dev.holdfast.events.EventCodec;
import dev.holdfast.notifier.signature.WebhookSecret;
import dev.holdfast.notifier.subscription.Subscription;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Posts one signed delivery. Redirects are not followed: the body was signed for one receiver. The whole exchange has one
 * time limit, since the client's own ends with the answer's headers and a subscriber may trickle its body.
 */
public final class WebhookClient implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final HttpClient http;
    private final Clock clock;

    public WebhookClient(Clock clock) {
        this.clock = clock;
        this.http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1).build();
    }

    /** @throws InterruptedException where the service stops meanwhile; the subscriber may or may not have it */
    Outcome post(Subscription subscription, WebhookSecret secret, String webhookId, byte[] body) throws InterruptedException {
        long timestamp = clock.instant().getEpochSecond();
        HttpRequest request = HttpRequest.newBuilder(subscription.url()).POST(BodyPublishers.ofByteArray(body))
                .header("content-type", EventCodec.CONTENT_TYPE)
                .header("user-agent", "Holdfast")
                .header("webhook-id", webhookId)
                .header("webhook-timestamp", Long.toString(timestamp))
                .header("webhook-signature", secret.sign(webhookId, timestamp, body))
                .build();
        CompletableFuture<HttpResponse<Void>> answer = http.sendAsync(request, ignored -> new LimitedBody());
        try {
            int status = answer.get(subscription.timeout().toMillis(), TimeUnit.MILLISECONDS).statusCode();
            return status / 100 == 2 ? new Outcome.Accepted(status) : new Outcome.Declined(status);
        } catch (TimeoutException e) {
            return new Outcome.Unanswered("no complete answer within " + subscription.timeout().toMillis() + " ms");
        } catch (ExecutionException e) {
            return new Outcome.Unanswered(reason(e.getCause()));
        } finally {
            answer.cancel(true);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** What a library says may quote the URL, which may hold a token; what kind of failure it is says enough. */
    private static String reason(Throwable failure) {
        return switch (failure) {
            case HttpConnectTimeoutException ignored -> "no connection within " + CONNECT_TIMEOUT.toSeconds() + " s";
            case HttpTimeoutException ignored -> "no answer in time";
            case ConnectException ignored -> "the connection was refused, or the host is unknown";
            case SSLException ignored -> "no TLS connection could be agreed on; look at the certificate";
            default -> "the connection failed (" + failure.getClass().getSimpleName() + ")";
        };
    }
}
