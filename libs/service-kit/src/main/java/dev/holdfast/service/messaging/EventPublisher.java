package dev.holdfast.service.messaging;

import dev.holdfast.events.Event;

/** Appends to the log, the queues, the table and the pulse. */
public interface EventPublisher {

    /**
     * Sends and waits until the broker has it on every in-sync replica ({@code acks=all}).
     *
     * @throws dev.holdfast.failure.HoldfastException code {@code broker-unreachable}, retriable
     */
    void publish(String topic, Event<?> event);

    /** Sends without waiting; for the pulse, where the next beat says the same. Failures are counted and logged. */
    void publishUnconfirmed(String topic, Event<?> event);
}
