package dev.holdfast.notifier.subscription;

import dev.holdfast.events.DeliveryAbandoned;
import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventHandler;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
import java.nio.charset.StandardCharsets;

/**
 * Reads the log and queues one delivery per event and subscriber. It returns only once the broker has them all, and the
 * position in the log is committed after that, so a crash in between queues some again, under the same webhook-id.
 */
public final class QueueDeliveries implements EventHandler {

    /** Larger events are abandoned, in bytes: as text inside another event they may double. */
    static final int MAX_BODY_BYTES = 256 * 1024;

    private final Subscriptions subscriptions;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;
    private final EventCodec codec = new EventCodec();

    public QueueDeliveries(Subscriptions subscriptions, EventPublisher publisher, ServiceIdentity identity) {
        this.subscriptions = subscriptions;
        this.publisher = publisher;
        this.identity = identity;
    }

    @Override
    public void handle(Event<? extends Payload> event, LogPosition position) {
        for (Subscription subscription : subscriptions.wanting(event.type())) {
            queue(event.orTime(position.appended()), subscription.name());
        }
    }

    /** The same for the same event and subscription, whoever computes it and whenever. */
    static String webhookId(Event<?> event, String subscription) {
        return "msg_" + Event.idFrom("delivery", event.source(), event.id(), subscription);
    }

    private void queue(Event<?> event, String subscription) {
        String webhookId = webhookId(event, subscription);
        String database = event.data().database();
        byte[] body = codec.encode(event);
        if (body.length > MAX_BODY_BYTES) {
            publish(Topics.EVENTS, event, webhookId + "-too-large", new DeliveryAbandoned(database, subscription, webhookId, event.id(),
                    event.type().type(), 0, null, "the event has " + body.length + " bytes, more than the " + MAX_BODY_BYTES
                            + " that are delivered"));
            return;
        }
        publish(Topics.DELIVERIES, event, webhookId, new DeliveryRequested(database, subscription, webhookId, event.id(),
                event.type().type(), new String(body, StandardCharsets.UTF_8)));
    }

    private void publish(String topic, Event<?> cause, String id, Payload data) {
        publisher.publish(topic, identity.event(id, cause.subject(), cause.correlationId(), data));
    }
}
