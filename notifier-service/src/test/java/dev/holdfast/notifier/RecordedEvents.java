package dev.holdfast.notifier;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import dev.holdfast.service.messaging.EventPublisher;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A publisher that keeps what it is given, after the codec found it fit to be written. */
public final class RecordedEvents implements EventPublisher {

    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private final EventCodec codec = new EventCodec();

    public record Sent(String topic, Event<?> event, String json) {
    }

    @Override
    public void publish(String topic, Event<?> event) {
        sent.add(new Sent(topic, event, new String(codec.encode(event), StandardCharsets.UTF_8)));
    }

    @Override
    public void publishUnconfirmed(String topic, Event<?> event) {
        publish(topic, event);
    }

    public List<Sent> sent() {
        return sent;
    }

    public <P extends Payload> List<P> payloads(Class<P> type) {
        return sent.stream().map(s -> s.event().data()).filter(type::isInstance).map(type::cast).toList();
    }
}
