package dev.holdfast.notifier;

import dev.holdfast.notifier.signature.WebhookSecret;
import dev.holdfast.notifier.subscription.Endpoint;
import dev.holdfast.notifier.subscription.Subscription;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** Subscriptions to servers on this machine. */
public final class TestSubscriptions {

    public static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private TestSubscriptions() {
    }

    public static Subscription of(String name, URI url, String... events) {
        return of(name, url, Duration.ofSeconds(20), events);
    }

    public static Subscription of(String name, URI url, Duration timeout, String... events) {
        return new Subscription(name, new Endpoint(() -> url, Endpoint.Format.CLOUDEVENTS, timeout, true), List.of(events),
                () -> List.of(WebhookSecret.parse(SECRET, name)));
    }

    public static Subscription slack(String name, URI url, String... events) {
        return new Subscription(name, new Endpoint(() -> url, Endpoint.Format.SLACK, Duration.ofSeconds(20), true), List.of(events), List::of);
    }
}
