package dev.holdfast.notifier.delivery;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.subscription.Endpoint;
import dev.holdfast.notifier.subscription.Subscription;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts one delivery, signed where the subscription has a secret. Redirects are not followed: what is signed is meant for one
 * receiver, which must not choose who is called next. The whole exchange has one time limit, and an answer is read to
 * {@value #MAX_ANSWER_BYTES} bytes of which none is kept. Proxies, of the environment or of Java, are not used.
 */
public final class WebhookClient implements AutoCloseable {

    static final int MAX_ANSWER_BYTES = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(WebhookClient.class);

    private final CloseableHttpClient toPublic;
    private final CloseableHttpClient toAnywhere;
    private final ScheduledExecutorService limits;
    private final Clock clock;

    public WebhookClient(Clock clock) {
        this(clock, SystemDefaultDnsResolver.INSTANCE);
    }

    WebhookClient(Clock clock, DnsResolver names) {
        this.clock = clock;
        this.toPublic = PlainClients.connectingBy(new PublicHosts(names));
        this.toAnywhere = PlainClients.connectingBy(names);
        this.limits = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("delivery-limits").factory());
    }

    /** Never throws for what the subscriber does or its secrets are; a run of it on a virtual thread may be interrupted. */
    Outcome post(Subscription subscription, String webhookId, String event) {
        HttpPost request;
        try {
            request = request(subscription, Message.of(subscription.format(), webhookId, event));
        } catch (HoldfastException unreadable) {
            if (!unreadable.code().startsWith("secret-") && !unreadable.code().startsWith("webhook-secret-")) {
                throw unreadable;
            }
            return new Outcome.Unanswered(unreadable.getMessage());
        }
        AtomicBoolean late = new AtomicBoolean();
        ScheduledFuture<?> limit = limits.schedule(() -> {
            late.set(true);
            request.cancel();
        }, subscription.timeout().toMillis(), TimeUnit.MILLISECONDS);
        try {
            return exchange(subscription.allowPrivate() ? toAnywhere : toPublic, request);
        } catch (IOException | HttpException | IllegalStateException e) {
            return late.get() ? new Outcome.Unanswered("no complete answer within " + subscription.timeout().toMillis() + " ms")
                    : failure(e);
        } finally {
            limit.cancel(false);
        }
    }

    private HttpPost request(Subscription subscription, Message message) {
        URI url = subscription.url();
        HttpPost request = new HttpPost(url);
        request.setEntity(new ByteArrayEntity(message.body(), ContentType.parse(message.contentType())));
        request.setConfig(PlainClients.limits(subscription.timeout()));
        request.setHeader("user-agent", "Holdfast");
        if (subscription.format() == Endpoint.Format.CLOUDEVENTS) {
            long timestamp = clock.instant().getEpochSecond();
            request.setHeader("webhook-id", message.webhookId());
            request.setHeader("webhook-timestamp", Long.toString(timestamp));
            request.setHeader("webhook-signature", subscription.sign(message.webhookId(), timestamp, message.body()));
        }
        return request;
    }

    private Outcome exchange(CloseableHttpClient client, HttpPost request) throws IOException, HttpException {
        ClassicHttpResponse response = client.executeOpen(HttpHost.create(target(request)), request, null);
        try {
            int status = response.getCode();
            readToLimit(response);
            return status / 100 == 2 ? new Outcome.Accepted(status)
                    : new Outcome.Declined(status, RetryAfter.of(response.getFirstHeader("retry-after"), clock.instant()));
        } finally {
            // Before closing, which would read a long answer to its end.
            request.cancel();
            close(response);
        }
    }

    private static void close(ClassicHttpResponse response) {
        try {
            response.close();
        } catch (IOException e) {
            LOG.trace("Closing an answer that was cut off", e);
        }
    }

    private static URI target(HttpPost request) throws HttpException {
        try {
            return request.getUri();
        } catch (java.net.URISyntaxException e) {
            throw new HttpException("the URL is none");
        }
    }

    private static void readToLimit(ClassicHttpResponse response) throws IOException {
        if (response.getEntity() == null) {
            return;
        }
        InputStream content = response.getEntity().getContent();
        byte[] buffer = new byte[8192];
        for (int read = 0; read < MAX_ANSWER_BYTES;) {
            int count = content.read(buffer);
            if (count < 0) {
                return;
            }
            read += count;
        }
    }

    @Override
    public void close() {
        limits.shutdownNow();
        toPublic.close(CloseMode.IMMEDIATE);
        toAnywhere.close(CloseMode.IMMEDIATE);
    }

    /** What a library says may quote the URL, which may hold a token; what kind of failure it is says enough. */
    private static Outcome failure(Exception failure) {
        return switch (failure) {
            case PublicHosts.PrivateHost ignored -> new Outcome.Refused("its host has a private, loopback or link-local address, to"
                    + " which nothing is delivered unless the subscription says allow-private: true");
            case UnknownHostException ignored -> new Outcome.Unanswered("the host is unknown");
            case ConnectTimeoutException ignored -> new Outcome.Unanswered("no connection in time");
            case ConnectException ignored -> new Outcome.Unanswered("the connection was refused");
            case SSLException ignored -> new Outcome.Unanswered("no TLS connection could be agreed on; look at the certificate");
            default -> new Outcome.Unanswered("the connection failed (" + failure.getClass().getSimpleName() + ")");
        };
    }
}
