package dev.holdfast.cli.log;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes requests, and returns once every in-sync replica has them. */
public final class Requests implements AutoCloseable {

    private final KafkaProducer<String, String> producer;
    private final String brokers;

    /** @param client properties of every client, bootstrap servers included */
    public Requests(Map<String, Object> client) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("acks", "all");
        properties.put("max.block.ms", 10_000);
        properties.put("delivery.timeout.ms", 15_000);
        properties.put("request.timeout.ms", 10_000);
        this.brokers = String.valueOf(client.get("bootstrap.servers"));
        this.producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    }

    public void publish(Event<?> event) {
        publish(event.type().topic(), event.key(), new String(new EventCodec().encode(event), StandardCharsets.UTF_8));
    }

    /**
     * Publishes a value as it is, as any Kafka client could.
     *
     * @throws dev.holdfast.failure.HoldfastException code {@code broker-unreachable}
     */
    public void publish(String topic, String key, String json) {
        try {
            producer.send(new ProducerRecord<>(topic, key, json)).get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw KafkaLog.unreachable(brokers, (Exception) e.getCause());
        } catch (TimeoutException | KafkaException e) {
            throw KafkaLog.unreachable(brokers, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw KafkaLog.unreachable(brokers, e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
