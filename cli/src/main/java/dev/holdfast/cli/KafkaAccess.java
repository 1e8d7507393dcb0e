package dev.holdfast.cli;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** How a command reaches Kafka, and who it says it is. */
final class KafkaAccess {

    static final String SOURCE = "/holdfast/cli";

    private static final int ANSWER_MILLIS = 2_000;

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

    /** Whether something listens at one of the brokers' addresses; where nothing does, Kafka's client would take its time to say so. */
    static boolean answers(HoldfastConfig config) {
        for (String broker : config.kafka().bootstrapServers().split(",")) {
            int colon = broker.lastIndexOf(':');
            String host = broker.substring(0, colon).strip().replaceAll("[\\[\\]]", "");
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, Integer.parseInt(broker.substring(colon + 1).strip())), ANSWER_MILLIS);
                return true;
            } catch (IOException e) {
                continue; // the next one may
            }
        }
        return false;
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
