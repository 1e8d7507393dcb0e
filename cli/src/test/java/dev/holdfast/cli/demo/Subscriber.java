package dev.holdfast.cli.demo;

import java.time.Clock;
import java.util.List;

/** The demo's webhook subscriber for tests of other packages: it believes what is signed as Standard Webhooks has it, and keeps all. */
public final class Subscriber implements AutoCloseable {

    private final String secret = WebhookSubscriber.newSecret();
    private final WebhookSubscriber subscriber = WebhookSubscriber.start(secret, Clock.systemUTC());

    public String secret() {
        return secret;
    }

    public String url() {
        return subscriber.url();
    }

    /** Bodies of the genuine deliveries, in the order in which they came. */
    public List<String> genuine() {
        return subscriber.deliveries().stream().filter(WebhookSubscriber.Delivery::genuine).map(WebhookSubscriber.Delivery::body).toList();
    }

    @Override
    public void close() {
        subscriber.close();
    }
}
