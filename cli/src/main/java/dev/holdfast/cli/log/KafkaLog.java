package dev.holdfast.cli.log;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import dev.holdfast.events.UnreadableEventException;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads topics as a log with a plain consumer. Positions are taken when it opens, so what is published afterwards is
 * seen. Not thread-safe.
 */
public final class KafkaLog implements AutoCloseable {

    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final EventCodec codec = new EventCodec();
    private final String brokers;
    private final Map<TopicPartition, Long> ends;

    private KafkaLog(KafkaConsumer<byte[], byte[]> consumer, String brokers, Map<TopicPartition, Long> ends) {
        this.consumer = consumer;
        this.brokers = brokers;
        this.ends = ends;
    }

    /**
     * Opens all partitions of the topics, at their start or at their end.
     *
     * @param client properties of every client, bootstrap servers included
     * @throws HoldfastException code {@code broker-unreachable} or {@code topic-missing}
     */
    public static KafkaLog open(Map<String, Object> client, Collection<String> topics, boolean fromStart) {
        return open(client, topics, (consumer, ends) -> {
            if (fromStart) {
                consumer.seekToBeginning(ends.keySet());
            } else {
                ends.forEach(consumer::seek);
            }
        });
    }

    /** As above, beginning with the first record that the broker took at that time or later. */
    public static KafkaLog openSince(Map<String, Object> client, Collection<String> topics, Instant since) {
        return open(client, topics, (consumer, ends) -> {
            Map<TopicPartition, Long> times = new HashMap<>();
            ends.keySet().forEach(partition -> times.put(partition, since.toEpochMilli()));
            consumer.offsetsForTimes(times).forEach((partition, found) ->
                    consumer.seek(partition, found == null ? ends.get(partition) : found.offset()));
        });
    }

    private static KafkaLog open(Map<String, Object> client, Collection<String> topics,
            BiConsumer<KafkaConsumer<byte[], byte[]>, Map<TopicPartition, Long>> start) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("enable.auto.commit", false);
        properties.put("allow.auto.create.topics", false);
        properties.put("default.api.timeout.ms", (int) ANSWER.toMillis());
        properties.put("request.timeout.ms", (int) ANSWER.toMillis() / 2);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        String brokers = String.valueOf(client.get("bootstrap.servers"));
        try {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : topics) {
                consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
            }
            if (partitions.isEmpty()) {
                throw new HoldfastException(FailureKind.RETRIABLE, "topic-missing", "following " + topics + " at " + brokers
                        + ": there is no such topic", "start the services once: they make the topics (holdfast up)");
            }
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = Map.copyOf(consumer.endOffsets(partitions));
            start.accept(consumer, ends);
            return new KafkaLog(consumer, brokers, ends);
        } catch (KafkaException e) {
            consumer.close();
            throw unreachable(brokers, e);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /**
     * Hands events to {@code reader} as they come, until it returns false.
     *
     * @param idle asked after each poll; false ends it
     */
    public void follow(Predicate<Event<? extends Payload>> reader, BooleanSupplier idle) {
        follow((event, appended) -> reader.test(event), idle);
    }

    /** As above; the reader hears too when the broker appended each. */
    public void follow(BiPredicate<Event<? extends Payload>, Instant> reader, BooleanSupplier idle) {
        try {
            do {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (!read(record, reader)) {
                        return;
                    }
                }
            } while (idle.getAsBoolean());
        } catch (KafkaException e) {
            throw unreachable(brokers, e);
        }
    }

    /** Whether everything that was there when it opened has been handed out. */
    public boolean caughtUp() {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey(), ANSWER) >= end.getValue());
    }

    /** What nobody can read is dead-lettered by the services; a reader leaves it out. */
    private boolean read(ConsumerRecord<byte[], byte[]> record, BiPredicate<Event<? extends Payload>, Instant> reader) {
        Map<String, byte[]> headers = new HashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), header.value());
        }
        Event<? extends Payload> event;
        try {
            event = codec.decode(headers, record.value());
        } catch (UnreadableEventException e) {
            return true;
        }
        return reader.test(event, Instant.ofEpochMilli(record.timestamp()));
    }

    static HoldfastException unreachable(String brokers, Exception cause) {
        return new HoldfastException(FailureKind.RETRIABLE, "broker-unreachable", "asking the Kafka brokers at " + brokers
                + ": " + cause.getMessage(), "start them (holdfast up), check kafka.bootstrap-servers, or do it without"
                + " Kafka (--direct)", cause);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
