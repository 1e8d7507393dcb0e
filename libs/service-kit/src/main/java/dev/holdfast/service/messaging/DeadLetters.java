package dev.holdfast.service.messaging;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.service.ServiceIdentity;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Puts a record aside unchanged, with the reason, and says so on the log (docs/adr/0005). */
final class DeadLetters {

    private static final Pattern ALIAS = Pattern.compile("[a-z0-9-]{1,48}");

    private final KafkaEventPublisher publisher;
    private final ServiceIdentity identity;

    DeadLetters(KafkaEventPublisher publisher, ServiceIdentity identity) {
        this.publisher = publisher;
        this.identity = identity;
    }

    /** Returns only when both the record and the alert are written; else it throws and may be called again. */
    void put(ConsumerRecord<byte[], byte[]> record, String group, String code, String reason, String nextStep) {
        ProducerRecord<byte[], byte[]> dead =
                new ProducerRecord<>(record.topic() + Topics.DEAD_SUFFIX, null, record.key(), record.value(), record.headers());
        header(dead, "holdfast-dead-code", code);
        header(dead, "holdfast-dead-reason", reason);
        header(dead, "holdfast-dead-group", group);
        header(dead, "holdfast-dead-topic", record.topic());
        header(dead, "holdfast-dead-partition", Integer.toString(record.partition()));
        header(dead, "holdfast-dead-offset", Long.toString(record.offset()));
        publisher.send(dead, "a dead letter");
        String where = record.topic() + "-" + record.partition() + "@" + record.offset();
        String id = Event.idFrom("dead-letter", record.topic(), Integer.toString(record.partition()),
                Long.toString(record.offset()));
        publisher.publish(Topics.EVENTS, identity.event(id, where, id,
                new AlertRaised(alias(record), "dead-letter", "warning", where, reason, nextStep)));
    }

    private static String alias(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8).split("/", 2)[0];
        return ALIAS.matcher(key).matches() ? key : null;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
