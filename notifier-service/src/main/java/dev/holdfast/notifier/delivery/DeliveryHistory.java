package dev.holdfast.notifier.delivery;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.AlertResolved;
import dev.holdfast.events.DeliveryAbandoned;
import dev.holdfast.events.DeliveryDeferred;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.service.messaging.EventHandler;
import dev.holdfast.service.messaging.LogPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the log says of deliveries: which are over, when the others are tried next, and which subscribers somebody was alerted
 * about. A view of the recent past, so that a start goes on where the last one was. Thread-safe.
 */
final class DeliveryHistory implements EventHandler {

    /** The alert's stable name. */
    static final String ALERT = "delivery-abandoned";

    private final String instance;
    private final Map<String, Instant> over = new LinkedHashMap<>();
    private final Map<String, Waiting> deferred = new LinkedHashMap<>();
    private final Map<String, Instant> alerts = new HashMap<>();

    private record Waiting(Delivery.Progress progress, Instant said) {
    }

    private Duration reach = Duration.ofDays(8);

    /** @param instance whose own alerts are known already, in the order in which they were raised */
    DeliveryHistory(String instance) {
        this.instance = instance;
    }

    /** How old a record may be before it is forgotten. */
    synchronized void reach(Duration newReach) {
        reach = newReach;
    }

    @Override
    public synchronized void handle(Event<? extends Payload> event, LogPosition position) {
        switch (event.data()) {
            case DeliverySucceeded it -> end(it.requestId() == null ? it.webhookId() : it.requestId(), position.appended());
            case DeliveryAbandoned it -> end(it.requestId() == null ? it.webhookId() : it.requestId(), position.appended());
            case DeliveryDeferred it -> {
                deferred.remove(it.requestId());
                deferred.put(it.requestId(), new Waiting(new Delivery.Progress(it.attempts(), it.nextTryAt(), it.status(), it.reason()),
                        position.appended()));
            }
            case AlertRaised it when it.alert().equals(ALERT) && !instance.equals(event.instance()) ->
                    alerts.put(it.about(), it.since() == null ? position.appended() : it.since());
            case AlertResolved it when it.alert().equals(ALERT) && !instance.equals(event.instance()) -> alerts.remove(it.about());
            default -> {
                // Of everything else others make something.
            }
        }
        prune(position.appended().minus(reach));
    }

    synchronized boolean isOver(String requestId) {
        return over.containsKey(requestId);
    }

    /** Where a delivery has come to that was tried in vain. */
    synchronized Optional<Delivery.Progress> progress(String requestId) {
        return Optional.ofNullable(deferred.get(requestId)).map(Waiting::progress);
    }

    /** @return whether nobody was alerted about this subscription yet; from now on somebody is */
    synchronized boolean alert(String subscription, Instant since) {
        return alerts.putIfAbsent(subscription, since) == null;
    }

    /** Since when somebody is alerted about this subscription; from now on nobody is. */
    synchronized Optional<Instant> resolve(String subscription) {
        return Optional.ofNullable(alerts.remove(subscription));
    }

    private void end(String requestId, Instant appended) {
        over.put(requestId, appended);
        deferred.remove(requestId);
    }

    /** Both are in the order of the log, near enough. */
    private void prune(Instant before) {
        for (Iterator<Instant> times = over.values().iterator(); times.hasNext() && times.next().isBefore(before);) {
            times.remove();
        }
        for (Iterator<Waiting> waits = deferred.values().iterator(); waits.hasNext() && waits.next().said().isBefore(before);) {
            waits.remove();
        }
    }
}
