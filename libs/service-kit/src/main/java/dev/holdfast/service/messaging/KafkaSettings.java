package dev.holdfast.service.messaging;

import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Where the brokers are and how to reach them. {@code properties} may hold resolved secrets, so nothing prints them. */
public record KafkaSettings(String bootstrapServers, int replicationFactor, int minInSyncReplicas,
        Map<String, String> properties) {

    public KafkaSettings {
        Objects.requireNonNull(bootstrapServers, "bootstrapServers");
        properties = Map.copyOf(properties);
    }

    public static KafkaSettings of(HoldfastConfig config, Secrets secrets) {
        return new KafkaSettings(config.kafka().bootstrapServers(), config.kafka().replicationFactor(),
                config.kafka().minInSyncReplicas(), secrets.kafkaProperties());
    }

    /** A single broker without TLS. */
    public static KafkaSettings local(String bootstrapServers) {
        return new KafkaSettings(bootstrapServers, 1, 1, Map.of());
    }

    /** For a client: the given settings win, the configured properties fill in. */
    Map<String, Object> client(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put("bootstrap.servers", bootstrapServers);
        all.putAll(settings);
        return all;
    }

    @Override
    public String toString() {
        return "KafkaSettings[" + bootstrapServers + ", properties " + properties.keySet() + "]";
    }
}
