package dev.holdfast.scheduler;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What lies in a topic, read afresh each time, and a way to put something there, as any other program would. */
final class TopicReader {

    private final EventCodec codec = new EventCodec();
    private final String brokers;

    TopicReader(String brokers) {
        this.brokers = brokers;
    }

    record Found(String key, Event<?> event) {
    }

    List<Found> read(String topic) {
        Map<String, Object> settings = Map.of("bootstrap.servers", brokers, "group.id", "test-" + UUID.randomUUID());
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<Found> found = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    found.add(new Found(record.key(), codec.decode(record.value())));
                }
            }
            return found;
        }
    }

    <P extends Payload> List<Event<?>> read(String topic, Class<P> type) {
        return read(topic).stream().map(Found::event).<Event<?>>map(event -> event).filter(event -> type.isInstance(event.data())).toList();
    }

    void write(String topic, Event<?> event) {
        write(topic, event.data().database(), codec.encode(event));
    }

    void write(String topic, String key, byte[] value) {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers, "acks", "all"), new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value));
            producer.flush();
        }
    }
}
