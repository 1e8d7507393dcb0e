package dev.holdfast.notifier.delivery;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.subscription.Subscription;
import dev.holdfast.notifier.subscription.Subscriptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Delivers an event to everybody who wants it, here and now: for a run without Kafka, of which the notifier never hears. */
public final class DeliverNow {

    /** Somebody waits for the command to end, so a few seconds have to do. */
    private static final List<Duration> PAUSES = List.of(Duration.ofMillis(500), Duration.ofSeconds(2));

    /** How one delivery ended; {@code detail} says it in words without URL and secret. */
    public record Delivery(String subscription, boolean delivered, int attempts, String detail) {
    }

    private final Subscriptions subscriptions;
    private final QuickTries tries;

    public DeliverNow(Subscriptions subscriptions, WebhookClient client) {
        this.subscriptions = subscriptions;
        this.tries = new QuickTries(client, PAUSES);
    }

    /**
     * Returns once each subscriber has it or is given up.
     *
     * @throws HoldfastException where a secret can't be read any more, or code {@code interrupted}
     */
    public List<Delivery> deliver(Event<?> event) {
        List<Delivery> deliveries = new ArrayList<>();
        String body = new String(new EventCodec().encode(event), StandardCharsets.UTF_8);
        for (Subscription subscription : subscriptions.wanting(event.type())) {
            try {
                QuickTries.Ended ended = tries.run(subscription, subscription.webhookId(event), body);
                deliveries.add(new Delivery(subscription.name(), ended.outcome() instanceof Outcome.Accepted, ended.attempts(),
                        ended.outcome().text()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "delivering " + event.type().shortName()
                        + " to the subscription " + subscription.name() + ": told to stop", "the backup itself is not affected", e);
            }
        }
        return deliveries;
    }
}
