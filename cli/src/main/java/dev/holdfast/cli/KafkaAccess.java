package dev.holdfast.cli;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** How a command reaches Kafka, and who it says it is. */
final class KafkaAccess {

    static final String SOURCE = "/holdfast/cli";

    private KafkaAccess() {
    }

    /** Properties of every client, secrets resolved. */
    static Map<String, Object> client(HoldfastConfig config, Map<String, String> environment) {
        // Kafka's own properties belong to every role; the notifier's sees nothing else.
        Map<String, Object> client = new HashMap<>(new Secrets(config, ServiceRole.NOTIFIER, environment).kafkaProperties());
        client.put("bootstrap.servers", config.kafka().bootstrapServers());
        client.put("client.id", "holdfast-cli");
        return client;
    }

    /** A request of this command, with an id of its own, which is its correlation too. */
    static <P extends Payload> Event<P> request(Surroundings surroundings, String subject, P data) {
        String id = UUID.randomUUID().toString();
        return new Event<>(id, SOURCE, subject, surroundings.clock().instant(), id, null, data);
    }

    /** Who asks, as told to whoever reads the request. */
    static String requester() {
        return "cli by " + System.getProperty("user.name");
    }
}
