package dev.holdfast.cli.reliability;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who wants to know everything: keeps each delivery and answers 204. */
final class ToldSubscriber implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** One delivery: under which id, of which event, and when it came. */
    record Told(String webhookId, String event, String type, String database, Instant at) {
    }

    private final HttpServer server;
    private final List<Told> all = new CopyOnWriteArrayList<>();

    ToldSubscriber() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("starting a subscriber", e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/holdfast", exchange -> {
            try (exchange) {
                JsonNode event = JSON.readTree(exchange.getRequestBody().readAllBytes());
                all.add(new Told(exchange.getRequestHeaders().getFirst("webhook-id"),
                        event.get("source").asString() + " " + event.get("id").asString(), event.get("type").asString(),
                        event.path("data").path("database").asString(""), Instant.now()));
                exchange.sendResponseHeaders(204, -1);
            }
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/holdfast";
    }

    /** What it was told of one database, in the order in which it came. */
    List<Told> of(String database) {
        return all.stream().filter(told -> told.database().equals(database)).toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
