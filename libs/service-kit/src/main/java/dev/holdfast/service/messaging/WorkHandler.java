package dev.holdfast.service.messaging;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import java.util.Collection;

/** What a worker does with a queued request. Called only while a slot is free. */
@FunctionalInterface
public interface WorkHandler<P extends Payload> {

    /**
     * Claims the request by appending its {@code …started} event, confirmed by the broker, and returns the job. The
     * queue then acknowledges at once and runs the job in the slot. A throw leaves the record unacknowledged: it is
     * redelivered, and dead-lettered before the broker would archive it silently.
     */
    Runnable claim(Event<P> request);

    /**
     * The queue takes nothing more and waits for its jobs; this ends them, so that they can still say what became of
     * them. Interrupts them where it isn't overridden.
     */
    default void stop(Collection<Thread> jobs) {
        jobs.forEach(Thread::interrupt);
    }
}
