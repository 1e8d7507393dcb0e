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
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log and queues one delivery per event and subscriber. It returns only once the broker has them all, and the
 * position in the log is committed after that, so a crash in between queues some again, under the same webhook-id.
 * An event that is no news any more is queued to be given up without a try, so that it is not lost without a word and
 * can be sent again; {@code holdfast_deliveries_outdated_total} counts these events.
 */
public final class QueueDeliveries implements EventHandler {

    /** Larger events are abandoned, in bytes: as text inside another event they may double. */
    static final int MAX_BODY_BYTES = 256 * 1024;

    /**
     * How long an event is news. A notifier that reads the log after a long absence must not wake anybody for last month's
     * failure, and one that reads it for the first time begins there.
     */
    public static final Duration NEWS = Duration.ofHours(24);

    /** Longer than the log. */
    private static final Duration ALL = Duration.ofDays(3_650);

    /** The group that reads the log. */
    public static final String GROUP = "holdfast-notifier";

    private static final Logger LOG = LoggerFactory.getLogger(QueueDeliveries.class);

    private final Subscriptions subscriptions;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;
    private final Clock clock;
    private final EventCodec codec = new EventCodec();
    private final Counter old;

    public QueueDeliveries(Subscriptions subscriptions, EventPublisher publisher, ServiceIdentity identity, Clock clock,
            MeterRegistry meters) {
        this.subscriptions = subscriptions;
        this.publisher = publisher;
        this.identity = identity;
        this.clock = clock;
        this.old = Counter.builder("holdfast.deliveries.outdated").register(meters);
    }

    /**
     * How far back it begins where the broker knows no position of its group: the first notifier of all with what is news.
     * Where deliveries were queued before, the position was lost (a broker forgets it a week after the last one), and it
     * begins with all there is, since nobody else knows what was missed.
     */
    public static Duration reach(boolean first) {
        return first ? NEWS : ALL;
    }

    @Override
    public void handle(Event<? extends Payload> event, LogPosition position) {
        String notTriedBecause = null;
        if (position.appended().isBefore(clock.instant().minus(NEWS))) {
            notTriedBecause = "it was no news any more when the notifier read it, which nobody did within " + NEWS.toHours() + " h of "
                    + position.appended();
            old.increment();
            long count = (long) old.count();
            if (Long.bitCount(count) == 1) {
                LOG.warn("{} events were appended more than {} hours ago and their deliveries are given up, the last: {} of {}", count,
                        NEWS.toHours(), event.type().shortName(), position.appended());
            }
        }
        for (Subscription subscription : subscriptions.wanting(event.type())) {
            queue(event.orTime(position.appended()), subscription.name(), notTriedBecause);
        }
    }

    /** The same for the same event and subscription, whoever computes it and whenever. */
    static String webhookId(Event<?> event, String subscription) {
        return "msg_" + Event.idFrom("delivery", event.source(), event.id(), subscription);
    }

    private void queue(Event<?> event, String subscription, String notTriedBecause) {
        String webhookId = webhookId(event, subscription);
        String database = event.data().database();
        byte[] body = codec.encode(event);
        if (body.length > MAX_BODY_BYTES) {
            publish(Topics.EVENTS, event, webhookId + "-too-large", new DeliveryAbandoned(database, subscription, webhookId, event.id(),
                    event.type().type(), 0, null, "the event has " + body.length + " bytes, more than the " + MAX_BODY_BYTES
                            + " that are delivered", null));
            return;
        }
        publish(Topics.DELIVERIES, event, webhookId, new DeliveryRequested(database, subscription, webhookId, event.id(),
                event.type().type(), new String(body, StandardCharsets.UTF_8), null, null, notTriedBecause));
    }

    private void publish(String topic, Event<?> cause, String id, Payload data) {
        publisher.publish(topic, identity.event(id, cause.subject(), cause.correlationId(), data));
    }
}
