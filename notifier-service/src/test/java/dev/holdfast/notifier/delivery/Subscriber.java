package dev.holdfast.notifier.delivery;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.notifier.signature.WebhookSecret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP server that keeps what it received and answers as it is told, by the number of the request from 0. */
public final class Subscriber implements AutoCloseable {

    /** How to answer the n-th request. */
    public interface Answer {
        void to(HttpExchange exchange, int n) throws IOException;
    }

    /** One request as it came. */
    public record Received(String method, String id, String timestamp, String signature, String contentType, byte[] body) {

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        public boolean isSignedWith(String secret) {
            return WebhookSecret.parse(secret, "ops").verifies(id, timestamp, signature, body);
        }
    }

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    public Subscriber(Answer answer) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            int n;
            synchronized (received) {
                n = received.size();
                received.add(new Received(exchange.getRequestMethod(), exchange.getRequestHeaders().getFirst("webhook-id"),
                        exchange.getRequestHeaders().getFirst("webhook-timestamp"), exchange.getRequestHeaders().getFirst("webhook-signature"),
                        exchange.getRequestHeaders().getFirst("content-type"), exchange.getRequestBody().readAllBytes()));
            }
            answer.to(exchange, n);
        });
        server.start();
    }

    /** Answers with these statuses in turn, the last one for ever. */
    public static Subscriber answering(int... statuses) {
        return new Subscriber((exchange, n) -> {
            exchange.sendResponseHeaders(statuses[Math.min(n, statuses.length - 1)], -1);
            exchange.close();
        });
    }

    public URI url() {
        return URI.create("http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort() + "/hook?token=in-the-url");
    }

    public List<Received> received() {
        return received;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
