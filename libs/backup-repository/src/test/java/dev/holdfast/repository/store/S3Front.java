package dev.holdfast.repository.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** An HTTP front before a real S3 API: conditional writes become atomic, and answers can be made to fail or to lie. */
final class S3Front implements AutoCloseable {

    private static final Set<String> OWN_HEADERS = Set.of("host", "content-length", "connection", "expect", "upgrade",
            "transfer-encoding");

    private final URI target;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ReentrantLock creates = new ReentrantLock();
    private final AtomicReference<Fault> fault = new AtomicReference<>();
    private volatile boolean corrupting;
    private volatile boolean unconditional;

    /** @param headers names in lower case */
    record Request(String method, String path, String query, Set<String> headers) {
    }

    /** @param header one {@code name: value}, or empty */
    record Answer(int status, String header, String body) {
    }

    /** What is done instead of passing a request on and its answer back; {@code ANSWER} says an answer of its own. */
    private enum Manner {
        ANSWER, LOSE_ANSWER, CUT_ANSWER
    }

    private record Fault(Predicate<Request> when, Manner manner, Optional<Answer> answer, boolean once) {
    }

    private S3Front(URI target, HttpServer server) {
        this.target = target;
        this.server = server;
    }

    static S3Front start(URI target) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 64);
            S3Front front = new S3Front(target, server);
            server.createContext("/", front::handle);
            server.setExecutor(front.threads);
            server.start();
            return front;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Answers every such request itself. */
    void answer(Predicate<Request> when, Answer answer) {
        fault.set(new Fault(when, Manner.ANSWER, Optional.of(answer), false));
    }

    void answerOnce(Predicate<Request> when, Answer answer) {
        fault.set(new Fault(when, Manner.ANSWER, Optional.of(answer), true));
    }

    /** From now on everything is passed on. */
    void passOn() {
        fault.set(null);
    }

    /** Passes the next such request on and drops the connection instead of answering. */
    void loseAnswerOnce(Predicate<Request> when) {
        fault.set(new Fault(when, Manner.LOSE_ANSWER, Optional.empty(), true));
    }

    /** Announces the whole body of the next such answer, sends half of it and drops the connection. */
    void cutAnswerOnce(Predicate<Request> when) {
        fault.set(new Fault(when, Manner.CUT_ANSWER, Optional.empty(), true));
    }

    /** Changes one byte of every body on its way in, and hides the checksums that would tell. */
    void corruptBodies() {
        corrupting = true;
    }

    /** Passes creates on without their condition, as some stores ignore it. */
    void ignoreConditions() {
        unconditional = true;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        client.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            URI uri = exchange.getRequestURI();
            Request request = new Request(exchange.getRequestMethod(), uri.getRawPath(),
                    Optional.ofNullable(uri.getRawQuery()).orElse(""), exchange.getRequestHeaders().keySet().stream()
                            .map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet()));
            Fault active = take(request);
            if (active != null && active.answer().isPresent()) {
                send(exchange, active.answer().get());
                return;
            }
            HttpResponse<byte[]> response = forward(exchange, request, body);
            if (active == null) {
                send(exchange, response, response.body().length);
            } else if (active.manner() == Manner.CUT_ANSWER) {
                send(exchange, response, response.body().length / 2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Fault take(Request request) {
        Fault active = fault.get();
        if (active == null || !active.when().test(request)) {
            return null;
        }
        if (active.once()) {
            fault.compareAndSet(active, null);
        }
        return active;
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, Request request, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest.Builder forwarded = HttpRequest.newBuilder(URI.create(target + request.path()
                + (request.query().isEmpty() ? "" : "?" + request.query())));
        boolean corrupt = corrupting && request.method().equals("PUT") && body.length > 1000;
        exchange.getRequestHeaders().forEach((name, values) -> {
            String header = name.toLowerCase(Locale.ROOT);
            boolean telling = corrupt && (header.startsWith("x-amz-checksum") || header.equals("content-md5")
                    || header.equals("x-amz-sdk-checksum-algorithm"));
            boolean ignored = unconditional && header.equals("if-none-match");
            if (!OWN_HEADERS.contains(header) && !telling && !ignored) {
                values.forEach(value -> forwarded.header(name, value));
            }
        });
        if (corrupt) {
            body[body.length / 2] ^= 1;
        }
        forwarded.method(request.method(), body.length == 0 ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(body));
        boolean conditional = exchange.getRequestHeaders().containsKey("If-None-Match");
        if (conditional) {
            creates.lock();
        }
        try {
            return client.send(forwarded.build(), HttpResponse.BodyHandlers.ofByteArray());
        } finally {
            if (conditional) {
                creates.unlock();
            }
        }
    }

    private static void send(HttpExchange exchange, HttpResponse<byte[]> response, int bytes) throws IOException {
        response.headers().map().forEach((name, values) -> {
            if (!Set.of("transfer-encoding", "connection", "date").contains(name)) {
                exchange.getResponseHeaders().put(name, List.copyOf(values));
            }
        });
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(response.statusCode(),
                head || response.body().length == 0 ? -1 : response.body().length);
        if (!head) {
            // Closing it short of what was announced fails, and drops the connection.
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(response.body(), 0, bytes);
            }
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        if (!answer.header().isEmpty()) {
            String[] header = answer.header().split(": ", 2);
            exchange.getResponseHeaders().set(header[0], header[1]);
        }
        boolean empty = exchange.getRequestMethod().equals("HEAD") || answer.body().isEmpty();
        byte[] body = answer.body().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), empty ? -1 : body.length);
        if (!empty) {
            exchange.getResponseBody().write(body);
        }
    }
}
