package dev.holdfast.notifier.heartbeat;

import dev.holdfast.service.messaging.LogFollower;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Calls the URL (GET) at each interval in which every service that ought to live was heard, and withholds the call otherwise.
 * The call itself needs no broker, and nothing waits for it: it has a thread and a time limit of its own. Redirects are not
 * followed; the answer's body is not read.
 */
final class CallOutside implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(CallOutside.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Optional<URI> url;
    private final Duration every;
    private final Set<String> expected;
    private final HeardServices heard;
    private final LogFollower pulse;
    private final Counter sent;
    private final Counter failed;
    private final Counter withheld;
    private HttpClient http;
    private ScheduledExecutorService thread;
    private boolean well = true;

    /**
     * @param url      empty where nobody is to be called: then it does not start
     * @param expected names of the services that ought to live
     * @param pulse    feeds {@code heard}; started and stopped with this
     */
    CallOutside(Optional<URI> url, Duration every, Set<String> expected, HeardServices heard, LogFollower pulse, MeterRegistry registry) {
        this.url = url;
        this.every = every;
        this.expected = Set.copyOf(expected);
        this.heard = heard;
        this.pulse = pulse;
        this.sent = outcome(registry, "sent");
        this.failed = outcome(registry, "failed");
        this.withheld = outcome(registry, "withheld");
    }

    private static Counter outcome(MeterRegistry registry, String outcome) {
        return Counter.builder("holdfast.heartbeats").tag("outcome", outcome)
                .description("Calls to the outside: sent, failed, or withheld because a service was not heard").register(registry);
    }

    @Override
    public synchronized void start() {
        http = HttpClient.newBuilder().connectTimeout(LIMIT).followRedirects(HttpClient.Redirect.NEVER).version(HttpClient.Version.HTTP_1_1).build();
        pulse.start();
        thread = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("heartbeat").factory());
        thread.scheduleAtFixedRate(this::beat, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean isAutoStartup() {
        return url.isPresent();
    }

    /** An executor would silently end what throws. */
    private void beat() {
        try {
            Set<String> silent = heard.silent(expected);
            if (silent.isEmpty()) {
                call();
                well = true;
            } else {
                withheld.increment();
                if (well) {
                    LOG.warn("the call to the outside is withheld: nothing is heard of {}", silent);
                }
                well = false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // stop() interrupts
        } catch (RuntimeException e) {
            failed.increment();
            LOG.error("calling the outside failed; tried again in {}", every, e);
        }
    }

    /** What a library says may quote the URL, which may hold a token; what kind of failure it is says enough. */
    private void call() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url.orElseThrow()).timeout(LIMIT).header("user-agent", "Holdfast").GET().build();
        try {
            HttpResponse<Void> answer = http.send(request, BodyHandlers.discarding());
            if (answer.statusCode() / 100 == 2) {
                sent.increment();
            } else {
                failed.increment();
                LOG.warn("the call to the outside was answered {}; look at heartbeat.url", answer.statusCode());
            }
        } catch (IOException e) {
            failed.increment();
            LOG.warn("the call to the outside failed ({}); look at heartbeat.url and the network", e.getClass().getSimpleName());
        }
    }

    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.shutdownNow();
            thread = null;
            pulse.stop();
            http.shutdownNow();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
