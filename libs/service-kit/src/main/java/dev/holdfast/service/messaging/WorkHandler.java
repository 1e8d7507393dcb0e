package dev.holdfast.service.messaging;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;

/** What a worker does with a queued request. Called only while a slot is free. */
@FunctionalInterface
public interface WorkHandler<P extends Payload> {

    /**
     * Claims the request by appending its {@code …started} event, confirmed by the broker, and returns the job. The
     * queue then acknowledges at once and runs the job in the slot. A throw leaves the record unacknowledged: it is
     * redelivered, and dead-lettered before the broker would archive it silently.
     */
    Runnable claim(Event<P> request);
}
