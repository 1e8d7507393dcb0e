package dev.holdfast.verifier;

import dev.holdfast.events.Event;
import dev.holdfast.service.messaging.EventPublisher;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what would go to Kafka. */
final class Published implements EventPublisher {

    final List<Event<?>> events = new CopyOnWriteArrayList<>();

    @Override
    public void publish(String topic, Event<?> event) {
        events.add(event);
    }

    @Override
    public void publishUnconfirmed(String topic, Event<?> event) {
        events.add(event);
    }
}
