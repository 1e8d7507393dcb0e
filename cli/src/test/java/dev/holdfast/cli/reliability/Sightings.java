package dev.holdfast.cli.reliability;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log, the requests and the pulse from their start, as they come in; whoever waits for one of them is woken at once. */
final class Sightings implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Sightings.class);
    private static final List<String> TOPICS =
            List.of(Topics.EVENTS, Topics.PROGRESS, Topics.BACKUP_REQUESTS, Topics.VERIFICATION_REQUESTS);

    /** An event, and when the broker had it. */
    record Sighting(Event<? extends Payload> event, Instant appended) {
    }

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final EventCodec codec = new EventCodec();
    private final Map<String, List<Sighting>> seen = new HashMap<>();
    private final Thread reader;
    private volatile boolean closed;

    /** The services make the topics. */
    Sightings(String bootstrapServers) {
        consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrapServers, "enable.auto.commit", false,
                "reconnect.backoff.max.ms", 500, "auto.offset.reset", "earliest"), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = TOPICS.stream().flatMap(topic -> partitions(topic).stream()).toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        reader = Thread.ofPlatform().daemon().name("sightings").start(this::read);
    }

    private List<TopicPartition> partitions(String topic) {
        Awaitility.await("the services make " + topic).atMost(Duration.ofMinutes(1)).until(() -> !consumer.partitionsFor(topic).isEmpty());
        return consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition())).toList();
    }

    private void read() {
        while (!closed) {
            try {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    add(record);
                }
            } catch (RuntimeException e) {
                LOG.warn("reading goes on after {}", e.toString());
            }
        }
        consumer.close();
    }

    private synchronized void add(ConsumerRecord<byte[], byte[]> record) {
        Map<String, byte[]> headers = new HashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), header.value());
        }
        Event<? extends Payload> event = codec.decode(headers, record.value());
        seen.computeIfAbsent(String.valueOf(event.data().database()), database -> new ArrayList<>())
                .add(new Sighting(event, Instant.ofEpochMilli(record.timestamp())));
        notifyAll();
    }

    /** Those of one database so far, in the order in which they were read. */
    synchronized List<Sighting> of(String database) {
        return List.copyOf(seen.getOrDefault(database, List.of()));
    }

    /**
     * Waits until something is so. It is looked at whenever a record has come, and now and then for what else may make it so.
     *
     * @return false where {@code atMost} passed before
     */
    boolean await(Duration atMost, BooleanSupplier so) {
        return await(atMost, so, 100);
    }

    /** As {@link #await}, looking every two milliseconds, for what shows in no record and not for long. */
    boolean watch(Duration atMost, BooleanSupplier so) {
        return await(atMost, so, 2);
    }

    private synchronized boolean await(Duration atMost, BooleanSupplier so, long pauseMillis) {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            while (!so.getAsBoolean()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                wait(Math.clamp(left / 1_000_000, 1, pauseMillis));
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
