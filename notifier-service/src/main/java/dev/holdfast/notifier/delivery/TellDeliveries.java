package dev.holdfast.notifier.delivery;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.AlertResolved;
import dev.holdfast.events.DeliveryAbandoned;
import dev.holdfast.events.DeliveryDeferred;
import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.EventType;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.events.UnreadableEventException;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.subscription.QueueDeliveries;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says on the log how deliveries end, and calls a person once where a subscriber got one not. What ends a delivery is said
 * until the broker confirms it, since without it the delivery would be told again.
 */
final class TellDeliveries {

    private static final Logger LOG = LoggerFactory.getLogger(TellDeliveries.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final EventPublisher publisher;
    private final ServiceIdentity identity;
    private final Clock clock;
    private final DeliveryHistory history;
    private final DeliveryMetrics metrics;
    /**
     * Who missed something while nobody read the log, and when the last of that was given up: other deliveries arrive between
     * these, and each would raise the alert anew.
     */
    private final Map<String, Instant> missed = new ConcurrentHashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);

    TellDeliveries(EventPublisher publisher, ServiceIdentity identity, Clock clock, DeliveryHistory history, DeliveryMetrics metrics) {
        this.publisher = publisher;
        this.identity = identity;
        this.clock = clock;
        this.history = history;
        this.metrics = metrics;
    }

    /** Nothing is waited for any more. */
    void stop() {
        stop.countDown();
    }

    boolean stopping() {
        return stop.getCount() == 0;
    }

    /** @return whether the log has it; not so where the service stops before the broker answers */
    boolean succeeded(Event<DeliveryRequested> request, int tries, int status) {
        DeliveryRequested it = request.data();
        boolean said = publish(request, "succeeded", new DeliverySucceeded(it.database(), it.subscription(), it.webhookId(),
                it.eventId(), it.eventType(), tries, status, request.id()));
        if (said) {
            metrics.ended(it.subscription(), "succeeded");
            history.resolve(it.subscription()).ifPresent(since -> confirm(identity.event(Event.idFrom("delivery-abandoned",
                    it.subscription(), since.toString(), "resolved"), it.subscription(), request.correlationId(),
                    new AlertResolved(null, DeliveryHistory.ALERT, it.subscription(), since, "a delivery arrived there again"))));
        }
        return said;
    }

    /** @return as {@link #succeeded} */
    boolean abandoned(Event<DeliveryRequested> request, Delivery.Progress last, String reason) {
        // First the alert: once the delivery is over, nobody would come back for it.
        return alert(request, reason) && dropped(request, last, reason);
    }

    /** Of a subscription that somebody removed: nobody needs to be called. @return as {@link #succeeded} */
    boolean dropped(Event<DeliveryRequested> request, Delivery.Progress last, String reason) {
        DeliveryRequested it = request.data();
        LOG.warn("Delivery {} of {} to the subscription {} abandoned after {} tries: {}", it.webhookId(), it.eventType(),
                it.subscription(), last.tries(), reason);
        boolean said = publish(request, "abandoned", new DeliveryAbandoned(it.database(), it.subscription(),
                it.webhookId(), it.eventId(), it.eventType(), last.tries(), last.status(), reason, request.id()));
        if (said) {
            metrics.ended(it.subscription(), "abandoned");
        }
        return said;
    }

    /** Best effort: without it a restart merely tries earlier. */
    void deferred(Event<DeliveryRequested> request, Delivery.Progress progress) {
        DeliveryRequested it = request.data();
        metrics.ended(it.subscription(), "deferred");
        try {
            publisher.publish(Topics.EVENTS, identity.event(Event.idFrom(request.id(), "deferred", Integer.toString(progress.tries())),
                    it.webhookId(), request.correlationId(), new DeliveryDeferred(it.database(), it.subscription(), it.webhookId(),
                            it.eventId(), it.eventType(), progress.tries(), progress.status(), progress.reason(), request.id(),
                            progress.due())));
        } catch (HoldfastException e) {
            LOG.warn("That delivery {} waits could not be said: {}", it.webhookId(), e.getMessage());
        }
    }

    /** Once per subscription until it hears something again; never for the alert itself or for what a person tried out. */
    private boolean alert(Event<DeliveryRequested> request, String reason) {
        DeliveryRequested it = request.data();
        Instant now = clock.instant();
        boolean told = it.tries() != null || isOwnAlert(it) || it.notTriedBecause() != null && missedBefore(it.subscription(), now);
        if (told || !history.alert(it.subscription(), now)) {
            return true;
        }
        return confirm(identity.event(Event.idFrom("delivery-abandoned", it.subscription(), request.id()), it.subscription(),
                request.correlationId(), new AlertRaised(null, DeliveryHistory.ALERT, "warning", it.subscription(),
                        "a delivery of " + it.eventType() + " was given up: " + reason, "mend the subscriber, see what it missed with"
                        + " 'holdfast deliveries --failed', and send it again with 'holdfast redeliver ID'", now, 0)));
    }

    /** Whether it is of the same absence: what is missed in the next one is a day old again. */
    private boolean missedBefore(String subscription, Instant now) {
        Instant last = missed.put(subscription, now);
        return last != null && now.isBefore(last.plus(QueueDeliveries.NEWS));
    }

    private static boolean isOwnAlert(DeliveryRequested it) {
        if (it.body() == null || !it.eventType().equals(EventType.ALERT_RAISED.type())) {
            return false;
        }
        try {
            return new EventCodec().decode(it.body().getBytes(StandardCharsets.UTF_8)).data() instanceof AlertRaised alert
                    && alert.alert().equals(DeliveryHistory.ALERT);
        } catch (UnreadableEventException e) {
            return false;
        }
    }

    private boolean publish(Event<DeliveryRequested> request, String ending, Payload data) {
        return confirm(identity.event(Event.idFrom(request.id(), ending), request.data().webhookId(), request.correlationId(), data));
    }

    private boolean confirm(Event<?> event) {
        for (int failures = 0; ; failures++) {
            try {
                publisher.publish(Topics.EVENTS, event);
                return true;
            } catch (HoldfastException e) {
                if (e.kind() != FailureKind.RETRIABLE) {
                    throw e;
                }
                long wait = Math.min(LONGEST_WAIT.toMillis(), 250L << Math.min(failures, 10));
                LOG.warn("How a delivery went can't be said yet, next in {} ms: {}", wait, e.getMessage());
                if (stopsWithin(wait)) {
                    return false;
                }
            }
        }
    }

    private boolean stopsWithin(long millis) {
        try {
            return stop.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
