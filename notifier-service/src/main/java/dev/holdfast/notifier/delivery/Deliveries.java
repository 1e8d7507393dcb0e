package dev.holdfast.notifier.delivery;

import dev.holdfast.events.DeliveryAbandoned;
import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.signature.WebhookSecret;
import dev.holdfast.notifier.subscription.Subscription;
import dev.holdfast.notifier.subscription.Subscriptions;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.WorkHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings each queued delivery to its subscriber in a few quick tries and says on the log how it ended. */
public final class Deliveries implements WorkHandler<DeliveryRequested> {

    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    private final Subscriptions subscriptions;
    private final QuickTries tries;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;
    private final DeliveryMetrics metrics;

    /** @param pauses between the tries, so that there is one try more than pauses */
    public Deliveries(Subscriptions subscriptions, WebhookClient client, EventPublisher publisher, ServiceIdentity identity,
            DeliveryMetrics metrics, List<Duration> pauses) {
        this.subscriptions = subscriptions;
        this.tries = new QuickTries(client, pauses);
        this.publisher = publisher;
        this.identity = identity;
        this.metrics = metrics;
    }

    @Override
    public Runnable claim(Event<DeliveryRequested> request) {
        return () -> deliver(request);
    }

    private void deliver(Event<DeliveryRequested> request) {
        DeliveryRequested delivery = request.data();
        Optional<Subscription> subscription = subscriptions.byName(delivery.subscription());
        if (subscription.isEmpty()) {
            abandon(request, 0, null, "no subscription of this name is configured any more");
            return;
        }
        try {
            deliver(request, subscription.get(), subscription.get().secret());
        } catch (HoldfastException unsigned) {
            if (!unsigned.code().startsWith("secret-") && !unsigned.code().startsWith("webhook-secret-")) {
                throw unsigned;
            }
            abandon(request, 0, null, unsigned.getMessage());
        } catch (InterruptedException e) {
            requeue(request);
        }
    }

    private void deliver(Event<DeliveryRequested> request, Subscription subscription, WebhookSecret secret)
            throws InterruptedException {
        byte[] body = request.data().body().getBytes(StandardCharsets.UTF_8);
        QuickTries.Ended ended = tries.run(subscription, secret, request.data().webhookId(), body,
                (outcome, took) -> metrics.tried(subscription.name(), outcome, took));
        switch (ended.outcome()) {
            case Outcome.Accepted accepted -> succeed(request, ended.attempts(), accepted.status());
            case Outcome.Declined declined -> abandon(request, ended.attempts(), declined.status(), declined.text());
            case Outcome.Unanswered unanswered -> abandon(request, ended.attempts(), null, unanswered.text());
        }
    }

    private void succeed(Event<DeliveryRequested> request, int attempts, int status) {
        DeliveryRequested delivery = request.data();
        metrics.ended(delivery.subscription(), "succeeded");
        publish(request, "succeeded", new DeliverySucceeded(delivery.database(), delivery.subscription(), delivery.webhookId(),
                delivery.eventId(), delivery.eventType(), attempts, status, request.id()));
    }

    private void abandon(Event<DeliveryRequested> request, int attempts, Integer status, String reason) {
        DeliveryRequested delivery = request.data();
        metrics.ended(delivery.subscription(), "abandoned");
        LOG.warn("Delivery {} of {} to the subscription {} abandoned after {} tries: {}", delivery.webhookId(), delivery.eventType(),
                delivery.subscription(), attempts, reason);
        publish(request, "abandoned", new DeliveryAbandoned(delivery.database(), delivery.subscription(), delivery.webhookId(),
                delivery.eventId(), delivery.eventType(), attempts, status, reason, request.id()));
    }

    /** The record is acknowledged already, so a delivery that a stop interrupts is queued again, under the same webhook-id. */
    private void requeue(Event<DeliveryRequested> request) {
        LOG.info("Delivery {} to the subscription {} is queued again: the service stops", request.data().webhookId(),
                request.data().subscription());
        publisher.publish(Topics.DELIVERIES, request);
        Thread.currentThread().interrupt();
    }

    private void publish(Event<DeliveryRequested> request, String ending, Payload data) {
        publisher.publish(Topics.EVENTS, identity.event(Event.idFrom(request.id(), ending), request.data().webhookId(),
                request.correlationId(), data));
    }
}
