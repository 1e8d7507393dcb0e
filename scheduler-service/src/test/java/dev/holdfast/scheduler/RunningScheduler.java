package dev.holdfast.scheduler;

import dev.holdfast.scheduler.catalog.FollowCatalog;
import dev.holdfast.scheduler.fire.FireSchedules;
import dev.holdfast.scheduler.supervise.Ownership;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.testkit.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service as it is deployed, but for its clock, on a port of its own; with a client of its API. */
final class RunningScheduler implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();

    @Configuration(proxyBeanMethods = false)
    @Import(SchedulerService.class)
    static class Clocked {

        static final SettableClock CLOCK = SettableClock.at("2026-02-03T01:59:30Z");

        @Bean
        @Primary
        Clock settableClock() {
            return CLOCK;
        }
    }

    record Answer(int status, String contentType, Optional<String> location, Optional<String> challenge, JsonNode json) {
    }

    private RunningScheduler(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Two databases, {@code shop} every minute and {@code blog} without a schedule, and the repository {@code disk}. */
    static RunningScheduler start(Path folder, String brokers, Map<String, Object> properties) {
        return start(folder, brokers, properties, "");
    }

    /** @param more lines of the section scheduler, the last of holdfast.yml */
    static RunningScheduler start(Path folder, String brokers, Map<String, Object> properties, String more) {
        HoldfastConfig config = config(folder, brokers, more);
        Map<String, Object> all = new HashMap<>(Map.of("server.port", 0, "holdfast.tick", "50ms"));
        all.putAll(properties);
        return new RunningScheduler(HoldfastService.run(Clocked.class, "scheduler-service", config, all));
    }

    static RunningScheduler start(Path folder, String brokers) {
        return start(folder, brokers, Map.of());
    }

    private static HoldfastConfig config(Path folder, String brokers, String more) {
        try {
            Files.createDirectories(folder.resolve("disk"));
            Path file = folder.resolve("holdfast.yml");
            Files.writeString(file, """
                    kafka: {bootstrap-servers: "%s"}
                    repositories:
                      disk: {path: disk}
                    databases:
                      shop: {user: backup, encryption: none, schedule: "* * * * *", zone: Europe/Berlin}
                      blog: {user: backup, encryption: none}
                    scheduler:
                      lease: 3s
                    """.formatted(brokers) + more);
            return new HoldfastConfigLoader(Map.of(), folder).load(Optional.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the view and the table say the same. */
    boolean isCurrent() {
        return context.getBean(FollowCatalog.class).isCurrent();
    }

    /** Whether this instance fires for the database and supervises its runs. */
    boolean owns(String database) {
        return context.isActive() && isCurrent() && context.getBean(Ownership.class).owns(database);
    }

    /** Whether it has begun to fire for the database: a clock that is moved before passes fire times that were never its own. */
    boolean fires(String database) {
        return owns(database) && context.getBean(FireSchedules.class).fires(database);
    }

    Answer get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        return send(headers.length == 0 ? request.build() : request.headers(headers).build());
    }

    Answer post(String path, String contentType, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    /** The body of a page that isn't JSON. */
    String text(String path) {
        try {
            return http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return HoldfastService.port(context);
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers().firstValue("Content-Type").orElse(""),
                    response.headers().firstValue("Location"),
                    response.headers().firstValue("WWW-Authenticate"), JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        context.close();
        http.close();
    }
}
