package dev.holdfast.notifier.delivery;

import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.Event;
import java.time.Instant;
import java.util.Optional;

/**
 * One delivery that is not over: where its request lies and how far it has come. Everything that changes is changed by the
 * lane that holds it, one thread at a time.
 */
final class Delivery {

    private final String id;
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

    /**
     * @param id     of the request
     * @param queued when the broker took it
     */
    Delivery(String id, int partition, long offset, Instant queued, Progress progress) {
        this.id = id;
        this.partition = partition;
        this.offset = offset;
        this.queued = queued;
        this.progress = progress;
    }

    String id() {
        return id;
    }

    int partition() {
        return partition;
    }

    long offset() {
        return offset;
    }

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
