package dev.holdfast.service.messaging;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/**
 * Reads single records of a topic again, so that whoever works on many needs to remember positions only. What was fetched
 * together is kept for a while, since neighbours are asked for next. Thread-safe; one read at a time.
 */
public final class RecordReader implements AutoCloseable {

    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int FETCHED_AT_ONCE = 200;
    private static final int REMEMBERED = 2 * FETCHED_AT_ONCE;

    private final String topic;
    private final KafkaSettings settings;
    private final EventCodec codec;
    private final Duration answer;
    private final Map<Position, ConsumerRecord<byte[], byte[]>> fetched = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Position, ConsumerRecord<byte[], byte[]>> eldest) {
            return size() > REMEMBERED;
        }
    };
    private Consumer<byte[], byte[]> consumer;

    private record Position(int partition, long offset) {
    }

    RecordReader(String topic, KafkaSettings settings, EventCodec codec) {
        this(topic, settings, codec, ANSWER);
    }

    /** @param answer how long the broker is waited for */
    RecordReader(String topic, KafkaSettings settings, EventCodec codec, Duration answer) {
        this.answer = answer;
        this.topic = topic;
        this.settings = settings;
        this.codec = codec;
    }

    /**
     * The event at that position; empty where the topic no longer has it.
     *
     * @throws HoldfastException code {@code broker-unreachable}, retriable
     * @throws dev.holdfast.events.UnreadableEventException where it is no event
     */
    public synchronized Optional<Event<? extends Payload>> read(int partition, long offset) {
        Position position = new Position(partition, offset);
        ConsumerRecord<byte[], byte[]> record = fetched.remove(position);
        if (record == null) {
            fetch(new TopicPartition(topic, partition), offset);
            record = fetched.remove(position);
        }
        return Optional.ofNullable(record).map(found -> Records.decode(codec, found));
    }

    /**
     * Whether anything was ever appended, also where it was deleted since.
     *
     * @throws HoldfastException code {@code broker-unreachable}, retriable
     */
    synchronized boolean everHeld() {
        try {
            Consumer<byte[], byte[]> reading = consumer();
            List<TopicPartition> all = reading.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition())).toList();
            return reading.endOffsets(all).values().stream().anyMatch(end -> end > 0);
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    /** When the broker took the oldest record that the group has not committed, of all partitions; empty where there is none. */
    synchronized Optional<Instant> oldestUncommitted(String group) {
        Map<String, Object> own = Map.of("group.id", group, "enable.auto.commit", false, "default.api.timeout.ms",
                (int) answer.toMillis(), "allow.auto.create.topics", false);
        Map<TopicPartition, Long> from = new HashMap<>();
        try (Consumer<byte[], byte[]> asking = new DefaultKafkaConsumerFactory<>(settings.client(own), new ByteArrayDeserializer(),
                new ByteArrayDeserializer()).createConsumer()) {
            Set<TopicPartition> all = asking.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition()))
                    .collect(Collectors.toSet());
            from.putAll(asking.beginningOffsets(all));
            asking.committed(all).forEach((partition, position) -> {
                if (position != null) {
                    from.merge(partition, position.offset(), Math::max);
                }
            });
        } catch (KafkaException e) {
            throw unreachable(e);
        }
        return from.entrySet().stream().flatMap(position -> record(position.getKey(), position.getValue()).stream())
                .map(record -> Instant.ofEpochMilli(record.timestamp())).min(Comparator.naturalOrder());
    }

    private Optional<ConsumerRecord<byte[], byte[]>> record(TopicPartition partition, long offset) {
        fetch(partition, offset);
        return Optional.ofNullable(fetched.get(new Position(partition.partition(), offset)));
    }

    private void fetch(TopicPartition partition, long offset) {
        try {
            Consumer<byte[], byte[]> reading = consumer();
            reading.assign(List.of(partition));
            if (reading.beginningOffsets(List.of(partition)).get(partition) > offset
                    || reading.endOffsets(List.of(partition)).get(partition) <= offset) {
                return;
            }
            reading.seek(partition, offset);
            long end = System.nanoTime() + answer.toNanos();
            while (System.nanoTime() < end) {
                List<ConsumerRecord<byte[], byte[]>> records = reading.poll(Duration.ofMillis(500)).records(partition);
                records.forEach(record -> fetched.put(new Position(record.partition(), record.offset()), record));
                if (!records.isEmpty()) {
                    return;
                }
            }
        } catch (KafkaException e) {
            throw unreachable(e);
        }
        throw unreachable(null);
    }

    private Consumer<byte[], byte[]> consumer() {
        if (consumer == null) {
            consumer = new DefaultKafkaConsumerFactory<>(settings.client(Map.of("enable.auto.commit", false,
                    "max.poll.records", FETCHED_AT_ONCE, "default.api.timeout.ms", (int) answer.toMillis(),
                    "allow.auto.create.topics", false, "auto.offset.reset", "none")), new ByteArrayDeserializer(),
                    new ByteArrayDeserializer()).createConsumer();
        }
        return consumer;
    }

    private HoldfastException unreachable(KafkaException cause) {
        return new HoldfastException(FailureKind.RETRIABLE, "broker-unreachable", "reading a record of " + topic + " at "
                + settings.bootstrapServers() + " again: " + (cause == null ? "no answer within " + answer.toSeconds() + " s"
                : cause.getMessage()), "check that the brokers of kafka.bootstrap-servers run and can be reached from here", cause);
    }

    @Override
    public synchronized void close() {
        if (consumer != null) {
            consumer.close();
        }
    }
}
