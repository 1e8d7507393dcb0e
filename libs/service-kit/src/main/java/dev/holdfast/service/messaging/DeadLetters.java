package dev.holdfast.service.messaging;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceIdentity;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Puts a record aside, unchanged where it fits, with the reason, and says so on the log (docs/adr/0005). */
final class DeadLetters {

    private static final Pattern ALIAS = Pattern.compile("[a-z0-9-]{1,48}");

    private static final int KEPT_OF_TOO_LARGE = 64 * 1024;

    private final KafkaEventPublisher publisher;
    private final ServiceIdentity identity;

    DeadLetters(KafkaEventPublisher publisher, ServiceIdentity identity) {
        this.publisher = publisher;
        this.identity = identity;
    }

    /** Returns only when both the record and the alert are written; else it throws and may be called again. */
    void put(ConsumerRecord<byte[], byte[]> record, String group, String code, String reason, String nextStep) {
        Map<String, String> why = Map.of("code", code, "reason", reason, "group", group, "topic", record.topic(),
                "partition", Integer.toString(record.partition()), "offset", Long.toString(record.offset()));
        try {
            send(record.key(), record.value(), record.headers(), record.topic(), why);
        } catch (HoldfastException e) {
            if (!isTooLarge(e)) {
                throw e;
            }
            // With the reason's headers the largest record that its topic takes is more than the other one takes.
            Map<String, String> cut = new HashMap<>(why);
            cut.put("cut-from", Integer.toString(record.serializedValueSize()));
            send(null, beginning(record.value()), new RecordHeaders(),
                    record.topic(), cut);
        }
        String where = record.topic() + "-" + record.partition() + "@" + record.offset();
        String id = Event.idFrom("dead-letter", record.topic(), Integer.toString(record.partition()),
                Long.toString(record.offset()));
        publisher.publish(Topics.EVENTS, identity.event(id, where, id,
                new AlertRaised(alias(record), "dead-letter", "warning", where, reason, nextStep)));
    }

    /** Says, once, that nobody read these records, from the first to before the second position; there is no letter left to keep. */
    void lost(TopicPartition partition, String group, long from, long to) {
        String where = partition + "@" + from + "-" + (to - 1);
        String id = Event.idFrom("records-lost", group, where);
        publisher.publish(Topics.EVENTS, identity.event(id, where, id, new AlertRaised(null, "records-lost", "warning", where,
                (to - from) + " records were older than what " + partition.topic() + " keeps before " + group + " read them",
                "find out why nothing of " + group + " ran for so long; holdfast deliveries and holdfast events show what was told")));
    }

    private void send(byte[] key, byte[] value, Headers headers, String topic, Map<String, String> why) {
        ProducerRecord<byte[], byte[]> dead = new ProducerRecord<>(topic + Topics.DEAD_SUFFIX, null, key, value, headers);
        why.forEach((name, text) -> header(dead, "holdfast-dead-" + name, text));
        publisher.send(dead, "a dead letter");
    }

    private static byte[] beginning(byte[] value) {
        return value == null ? null : Arrays.copyOf(value, Math.min(value.length, KEPT_OF_TOO_LARGE));
    }

    private static boolean isTooLarge(Throwable e) {
        return e instanceof RecordTooLargeException || e.getCause() != null && isTooLarge(e.getCause());
    }

    private static String alias(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8).split("/", 2)[0];
        return ALIAS.matcher(key).matches() ? key : null;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
