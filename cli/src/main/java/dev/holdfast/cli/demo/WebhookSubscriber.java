package dev.holdfast.cli.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Somebody else's program, as it were: takes deliveries on a port of the loopback interface and believes only those
 * signed as Standard Webhooks 1.0 has it (HMAC-SHA256 over id, timestamp and body). Shares no code with the notifier.
 */
final class WebhookSubscriber implements AutoCloseable {

    private static final String PREFIX = "whsec_";
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final int MAX_BODY = 2 << 20;

    /** What arrived and whether its signature held; a false one was answered with 401. */
    record Delivery(String webhookId, Instant timestamp, boolean genuine, String problem, String body) {
    }

    private final HttpServer server;
    private final byte[] key;
    private final Clock clock;
    private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();

    private WebhookSubscriber(HttpServer server, byte[] key, Clock clock) {
        this.server = server;
        this.key = key;
        this.clock = clock;
    }

    /** @param secret as {@link #newSecret} makes it */
    static WebhookSubscriber start(String secret, Clock clock) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
            WebhookSubscriber subscriber = new WebhookSubscriber(server,
                    Base64.getDecoder().decode(secret.substring(PREFIX.length())), clock);
            server.createContext("/holdfast", subscriber::take);
            server.start();
            return subscriber;
        } catch (IOException e) {
            throw new UncheckedIOException("starting the webhook subscriber", e);
        }
    }

    /** {@code whsec_} and 32 random bytes in Base64. */
    static String newSecret() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/holdfast";
    }

    List<Delivery> deliveries() {
        return List.copyOf(deliveries);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY);
            Delivery delivery = check(exchange, body);
            deliveries.add(delivery);
            exchange.sendResponseHeaders(delivery.genuine() ? 204 : 401, -1);
        }
    }

    private Delivery check(HttpExchange exchange, byte[] body) {
        String id = header(exchange, "webhook-id").orElse("");
        String seconds = header(exchange, "webhook-timestamp").orElse("");
        String signatures = header(exchange, "webhook-signature").orElse("");
        Instant timestamp = seconds.matches("\\d{1,12}") ? Instant.ofEpochSecond(Long.parseLong(seconds)) : Instant.EPOCH;
        String problem = Duration.between(timestamp, clock.instant()).abs().compareTo(TOLERANCE) > 0
                ? "the timestamp is not of these five minutes" : signedBy(id, seconds, body, signatures) ? "" : "the signature is wrong";
        return new Delivery(id, timestamp, problem.isEmpty(), problem, new String(body, StandardCharsets.UTF_8));
    }

    private boolean signedBy(String id, String seconds, byte[] body, String signatures) {
        byte[] expected = hmac((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8), body);
        for (String signature : signatures.split(" ")) {
            if (signature.startsWith("v1,") && MessageDigest.isEqual(
                    Base64.getEncoder().encode(expected), signature.substring(3).getBytes(StandardCharsets.UTF_8))) {
                return true;
            }
        }
        return false;
    }

    private byte[] hmac(byte[] head, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(head);
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    private static Optional<String> header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
