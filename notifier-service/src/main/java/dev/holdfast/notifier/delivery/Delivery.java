package dev.holdfast.notifier.delivery;

import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.Event;
import dev.holdfast.service.messaging.LogPosition;
import java.time.Instant;
import java.util.Optional;

/**
 * One delivery that is not over: where its request lies and how far it has come. Everything that changes is changed by the
 * lane that holds it, one thread at a time.
 */
final class Delivery {

    private final Event<DeliveryRequested> outline;
    private final int partition;
    private final long offset;
    private final Instant queued;
    private Progress progress;
    private Event<DeliveryRequested> kept;

    /**
     * How far it has come.
     *
     * @param tries  made so far
     * @param due    when to try next
     * @param status of the last answer, null where none came
     * @param reason why the last try failed, null before the first
     */
    record Progress(int tries, Instant due, Integer status, String reason) {

        static Progress none(Instant due) {
            return new Progress(0, due, null, null);
        }
    }

    /** @param position of the request */
    Delivery(Event<DeliveryRequested> request, LogPosition position, Progress progress) {
        this.outline = outline(request);
        this.partition = position.partition();
        this.offset = position.offset();
        this.queued = position.appended();
        this.progress = progress;
    }

    /** The bodies are what is large. */
    private static Event<DeliveryRequested> outline(Event<DeliveryRequested> request) {
        DeliveryRequested it = request.data();
        return Event.of(request.id(), request.source(), request.time(), new DeliveryRequested(it.database(), it.subscription(),
                it.webhookId(), it.eventId(), it.eventType(), null, it.tries(), it.requester(), it.notTriedBecause()))
                .withCorrelationId(request.correlationId());
    }

    /** Of the request. */
    String id() {
        return outline.id();
    }

    /** The request without the body: what can be said of it once its topic no longer has it. */
    Event<DeliveryRequested> outline() {
        return outline;
    }

    int partition() {
        return partition;
    }

    long offset() {
        return offset;
    }

    /** When the broker took the request. */
    Instant queued() {
        return queued;
    }

    Progress progress() {
        return progress;
    }

    void progress(Progress next) {
        progress = next;
    }

    /** The request, where it is kept in memory; otherwise it is read again. */
    Optional<Event<DeliveryRequested>> kept() {
        return Optional.ofNullable(kept);
    }

    void keep(Event<DeliveryRequested> request) {
        kept = request;
    }
}
