package dev.holdfast.scheduler;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.messaging.EventPublisher;
import java.util.ArrayList;
import java.util.List;

/** A log in memory that holds every event to its schema, and whose broker can be away. */
public final class RecordedEvents implements EventPublisher {

    private final EventCodec codec = new EventCodec();
    private final List<Event<?>> events = new ArrayList<>();
    private boolean away;

    public synchronized List<Event<?>> events() {
        return List.copyOf(events);
    }

    public synchronized void brokerIsAway(boolean now) {
        away = now;
    }

    @Override
    public synchronized void publish(String topic, Event<?> event) {
        if (away) {
            throw new HoldfastException(FailureKind.RETRIABLE, "broker-unreachable", "the broker is away", "bring it back");
        }
        events.add(codec.decode(codec.encode(event)));
    }

    @Override
    public synchronized void publishUnconfirmed(String topic, Event<?> event) {
        publish(topic, event);
    }
}
