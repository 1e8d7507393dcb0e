package dev.holdfast.notifier.subscription;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventType;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.signature.WebhookSecret;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** A subscriber: where it listens, how its deliveries are signed, and what it wants to hear of. */
public final class Subscription {

    private final String name;
    private final URI url;
    private final Duration timeout;
    private final Supplier<WebhookSecret> secret;
    private final List<EventPattern> events;

    /**
     * @param secret asked at every delivery, so that a rotated secret counts at once
     * @throws HoldfastException permanent, code {@code configuration-invalid}
     */
    public Subscription(String name, URI url, Duration timeout, List<String> events, Supplier<WebhookSecret> secret) {
        boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (!http || url.getHost() == null || url.getUserInfo() != null) {
            throw new HoldfastException(FailureKind.PERMANENT, "configuration-invalid", "Reading the URL of the subscription "
                    + name + ": it is not an http or https URL with a host and without user and password",
                    "Correct 'url' of the subscription in holdfast.yml.");
        }
        this.name = name;
        this.url = url;
        this.timeout = timeout;
        this.events = events.stream().map(EventPattern::new).toList();
        this.secret = secret;
    }

    static Subscription of(HoldfastConfig.Subscription config, Secrets secrets) {
        return new Subscription(config.name(), config.url().orElseThrow(), config.timeout(), config.events(),
                () -> WebhookSecret.parse(secrets.resolve(config.secret().orElseThrow()).reveal(), config.name()));
    }

    /** As in {@code holdfast.yml}. */
    public String name() {
        return name;
    }

    public URI url() {
        return url;
    }

    /** For one try, from connecting to the end of the answer. */
    public Duration timeout() {
        return timeout;
    }

    /** @throws HoldfastException where the secret cannot be read or is none */
    public WebhookSecret secret() {
        return secret.get();
    }

    /** Of the delivery of this event: the same for the same event and subscription, whoever computes it and whenever. */
    public String webhookId(Event<?> event) {
        return QueueDeliveries.webhookId(event, name);
    }

    boolean wants(EventType type) {
        return events.stream().anyMatch(pattern -> pattern.matches(type));
    }

    @Override
    public String toString() {
        return "subscription " + name;
    }
}
