package dev.holdfast.notifier.subscription;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventType;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.signature.WebhookSecret;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.SecretReference;
import dev.holdfast.service.config.Secrets;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A subscriber: where it listens, how its deliveries are signed, and what it wants to hear of. */
public final class Subscription {

    private final String name;
    private final Endpoint endpoint;
    private final Supplier<List<WebhookSecret>> secrets;
    private final List<EventPattern> events;

    /**
     * @param secrets asked at every delivery, so that a rotated secret counts at once; the newest first
     * @throws HoldfastException permanent, code {@code configuration-invalid}, where a pattern is none
     */
    public Subscription(String name, Endpoint endpoint, List<String> events, Supplier<List<WebhookSecret>> secrets) {
        this.name = name;
        this.endpoint = endpoint;
        this.events = events.stream().map(EventPattern::new).toList();
        this.secrets = secrets;
    }

    static Subscription of(HoldfastConfig.Subscription config, Secrets secrets) {
        Supplier<URI> url = config.url().<Supplier<URI>>map(literal -> () -> literal)
                .orElseGet(() -> () -> secretUrl(config, secrets));
        Endpoint.Format format = config.format().equals("slack") ? Endpoint.Format.SLACK : Endpoint.Format.CLOUDEVENTS;
        return new Subscription(config.name(), new Endpoint(url, format, config.timeout(), config.allowPrivate()), config.events(),
                () -> Stream.of(config.secret(), config.previousSecret()).flatMap(Optional::stream)
                        .map(reference -> secret(config.name(), reference, secrets)).toList());
    }

    private static WebhookSecret secret(String name, SecretReference reference, Secrets secrets) {
        return WebhookSecret.parse(secrets.resolve(reference).reveal(), name);
    }

    private static URI secretUrl(HoldfastConfig.Subscription config, Secrets secrets) {
        String text = secrets.resolve(config.secretUrl().orElseThrow()).reveal().strip();
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            // The cause would quote the URL.
            throw noUrl(config.name());
        }
    }

    private static HoldfastException noUrl(String name) {
        return new HoldfastException(FailureKind.PERMANENT, "secret-url-invalid", "reading the URL of the subscription "
                + name + ": it is not an http or https URL with a host and without user and password",
                "correct 'url' of the subscription in holdfast.yml, or the secret that it refers to");
    }

    /** As in {@code holdfast.yml}. */
    public String name() {
        return name;
    }

    /** @throws HoldfastException code {@code secret-url-invalid} or {@code secret-unreadable}, without the URL */
    public URI url() {
        URI url = endpoint.url().get();
        boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (!http || url.getHost() == null || url.getUserInfo() != null) {
            throw noUrl(name);
        }
        return url;
    }

    /** For one try, from connecting to the end of the answer. */
    public Duration timeout() {
        return endpoint.timeout();
    }

    public Endpoint.Format format() {
        return endpoint.format();
    }

    /** Whether its host may have an address that isn't public. */
    public boolean allowPrivate() {
        return endpoint.allowPrivate();
    }

    /**
     * Signs with every secret there is: the newest, and while subscribers change over the one before it.
     *
     * @return the {@code webhook-signature} header, signatures separated by spaces; empty where nothing is signed
     * @throws HoldfastException where a secret cannot be read or is none
     */
    public String sign(String webhookId, long timestampSeconds, byte[] body) {
        return String.join(" ", secrets.get().stream().map(secret -> secret.sign(webhookId, timestampSeconds, body)).toList());
    }

    /** Of the delivery of this event: the same for the same event and subscription, whoever computes it and whenever. */
    public String webhookId(Event<?> event) {
        return QueueDeliveries.webhookId(event, name);
    }

    /** Fails where the URL or a secret can't be read or is none. */
    void check() {
        url();
        sign("start", 0, new byte[0]);
    }

    boolean wants(EventType type) {
        return events.stream().anyMatch(pattern -> pattern.matches(type));
    }

    @Override
    public String toString() {
        return "subscription " + name;
    }
}
