package dev.holdfast.cli.platform;

import dev.holdfast.cli.broker.LocalBroker;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.NotifierService;
import dev.holdfast.retention.RetentionService;
import dev.holdfast.scheduler.SchedulerService;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.verifier.VerifierService;
import dev.holdfast.worker.BackupWorker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A broker (unless the configured one is elsewhere or runs already) and the five services, started in the order in which
 * each finds what it needs, stopped in the reverse one.
 */
public final class Platform implements AutoCloseable {

    private static final Pattern LOOPBACK = Pattern.compile("(?:localhost|127\\.0\\.0\\.1):(\\d+)");
    private static final Duration READY_WITHIN = Duration.ofSeconds(90);

    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private volatile Optional<LocalBroker> broker = Optional.empty();
    private volatile boolean closed;

    /**
     * Starts everything and returns once every service says it is ready. Another thread may close it meanwhile: then no
     * further part is started, and this throws.
     *
     * @param state    folder for the broker's data and the services' log
     * @param basePort port of the scheduler's API, the others follow; 0 for free ones
     * @param told     hears of each part as it is there
     */
    public void start(HoldfastConfig config, Path state, int basePort, Consumer<String> told) {
        try {
            startBroker(config, state, told);
            startServices(config, state, basePort, told);
            awaitReady();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The broker that was started here; empty where an external one is used. */
    public Optional<LocalBroker> broker() {
        return broker;
    }

    /** Where each service's HTTP API and health listen, by service. */
    public Map<String, Integer> ports() {
        return Map.copyOf(ports);
    }

    private synchronized void startBroker(HoldfastConfig config, Path state, Consumer<String> told) {
        requireOpen();
        Matcher local = LOOPBACK.matcher(config.kafka().bootstrapServers());
        if (!local.matches() || answers(Integer.parseInt(local.group(1)))) {
            told.accept("Kafka broker: the one at " + config.kafka().bootstrapServers());
            return;
        }
        LocalBroker started = LocalBroker.start(state.resolve("broker"), Integer.parseInt(local.group(1)));
        broker = Optional.of(started);
        running.push(started);
        told.accept("Kafka broker: started at " + started.bootstrapServers() + " (process " + started.pid() + ", log "
                + started.log() + ")");
    }

    private void requireOpen() {
        if (closed) {
            throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "starting the services: told to stop", "start again");
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void startServices(HoldfastConfig config, Path state, int basePort, Consumer<String> told) {
        // Who listens comes before who speaks, so that the first event finds its readers.
        startService(NotifierService.class, ServiceRole.NOTIFIER, config, state, basePort);
        startService(VerifierService.class, ServiceRole.VERIFIER, config, state, basePort);
        startService(RetentionService.class, ServiceRole.RETENTION, config, state, basePort);
        startService(BackupWorker.class, ServiceRole.BACKUP, config, state, basePort);
        startService(SchedulerService.class, ServiceRole.SCHEDULER, config, state, basePort);
        ports.forEach((service, port) -> told.accept(service + ": http://127.0.0.1:" + port + "/actuator/health"));
    }

    private synchronized void startService(Class<?> main, ServiceRole role, HoldfastConfig config, Path state, int basePort) {
        requireOpen();
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("server.port", basePort == 0 ? 0 : basePort + role.ordinal());
        properties.put("logging.file.name", state.resolve("services.log").toString());
        properties.put("logging.config", "classpath:dev/holdfast/cli/platform/logback.xml");
        // The order of stopping is this class's business.
        properties.put("spring.main.register-shutdown-hook", "false");
        try {
            ConfigurableApplicationContext context = HoldfastService.run(main, role.service(), config, properties);
            running.push(() -> SpringApplication.exit(context));
            ports.put(role.service(), HoldfastService.port(context));
        } catch (RuntimeException e) {
            throw startFailure(role, state, e);
        }
    }

    private static HoldfastException startFailure(ServiceRole role, Path state, RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HoldfastException known) {
                return known;
            }
            if (cause instanceof org.springframework.boot.web.server.PortInUseException taken) {
                return new HoldfastException(FailureKind.PERMANENT, "port-taken", "starting the " + role.service()
                        + ": port " + taken.getPort() + " is taken", "choose other ports (--port) or stop what uses it", failure);
            }
        }
        return new HoldfastException(FailureKind.BUG, "service-start-failed", "starting the " + role.service() + " failed: "
                + failure.getMessage(), "see " + state.resolve("services.log"), failure);
    }

    private void awaitReady() {
        long end = System.nanoTime() + READY_WITHIN.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (Map.Entry<String, Integer> service : ports.entrySet()) {
                URI readiness = URI.create("http://127.0.0.1:" + service.getValue() + "/actuator/health/readiness");
                String answer = ask(client, readiness);
                while (!answer.startsWith("200 ")) {
                    requireOpen();
                    if (System.nanoTime() > end) {
                        throw new HoldfastException(FailureKind.RETRIABLE, "service-not-ready", "waiting for the "
                                + service.getKey() + ": " + readiness + " answers " + answer, "see the services' log");
                    }
                    Thread.sleep(100);
                    answer = ask(client, readiness);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "starting the services: interrupted", "start again", e);
        }
    }

    private static String ask(HttpClient client, URI readiness) throws InterruptedException {
        try {
            HttpResponse<String> response = client.send(HttpRequest.newBuilder(readiness).timeout(Duration.ofSeconds(10)).build(),
                    HttpResponse.BodyHandlers.ofString());
            return response.statusCode() + " " + response.body();
        } catch (IOException e) {
            return "nothing: " + e.getMessage();
        }
    }

    /** Stops the services, then the broker. What fails while stopping doesn't keep the rest from being stopped. */
    @Override
    public void close() {
        // Seen before the lock is free: the part that is being started comes to its end, and no other one begins.
        closed = true;
        stopAll();
    }

    private synchronized void stopAll() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                LoggerFactory.getLogger(Platform.class).warn("stopping a part of the platform", e);
            }
        }
    }
}
