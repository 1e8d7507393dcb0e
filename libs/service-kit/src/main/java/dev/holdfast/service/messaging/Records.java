package dev.holdfast.service.messaging;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.MDC;

/** Between Kafka's records and events. */
final class Records {

    private Records() {
    }

    /** @throws dev.holdfast.events.UnreadableEventException where it is no event */
    static Event<? extends Payload> decode(EventCodec codec, ConsumerRecord<byte[], byte[]> record) {
        Map<String, byte[]> headers = new HashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), header.value());
        }
        return codec.decode(headers, record.value()).orTime(Instant.ofEpochMilli(record.timestamp()));
    }

    static LogPosition position(ConsumerRecord<byte[], byte[]> record) {
        return new LogPosition(record.topic(), record.partition(), record.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8));
    }

    /** Runs with the correlation id on every log line. */
    static void correlated(Event<?> event, Runnable action) {
        String before = MDC.get("correlationId");
        MDC.put("correlationId", String.valueOf(event.correlationId()));
        try {
            action.run();
        } finally {
            if (before == null) {
                MDC.remove("correlationId");
            } else {
                MDC.put("correlationId", before);
            }
        }
    }
}
