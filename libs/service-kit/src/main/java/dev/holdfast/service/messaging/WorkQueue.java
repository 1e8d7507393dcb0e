package dev.holdfast.service.messaging;

import dev.holdfast.events.Payload;
import org.springframework.context.SmartLifecycle;

/**
 * A share group's consumer with slots: it polls only while a slot is free, claims, acknowledges at once and runs the job
 * on the slot's thread. No job holds a lock of Kafka.
 */
public abstract class WorkQueue<P extends Payload> implements SmartLifecycle, AutoCloseable {

    WorkQueue() {
    }

    /** Jobs that run now. */
    public abstract int running();

    /** Stops polling and waits for running jobs to end; the service interrupts them beforehand where it must. */
    @Override
    public abstract void stop();

    @Override
    public void close() {
        stop();
    }
}
