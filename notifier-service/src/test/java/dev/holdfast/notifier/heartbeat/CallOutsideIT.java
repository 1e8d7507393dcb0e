package dev.holdfast.notifier.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.events.Event;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.events.Topics;
import dev.holdfast.notifier.NotifierService;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.testkit.KafkaServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The notifier as it is deployed, somebody outside, and the other services as far as they beat. */
@ExtendWith(OutputCaptureExtension.class)
class CallOutsideIT {

    private static final Duration AMPLE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger status = new AtomicInteger(200);
    private HttpServer outside;

    @BeforeEach
    void somebody_listens() throws IOException {
        outside = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        outside.createContext("/ping/s3cr3t", exchange -> {
            calls.incrementAndGet();
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        outside.start();
    }

    @AfterEach
    void nobody_listens() {
        outside.stop(0);
    }

    @Test
    void a_broker_that_is_away_is_noticed_outside_and_so_is_its_return(CapturedOutput output) throws IOException {
        try (KafkaServer broker = KafkaServer.absent(); ConfigurableApplicationContext service = start(broker);
                ScheduledExecutorService others = Executors.newSingleThreadScheduledExecutor()) {
            others.scheduleWithFixedDelay(() -> beat(service), 0, 1, TimeUnit.SECONDS);
            await().atMost(AMPLE).until(() -> count(service, "withheld") > 2);
            assertThat(calls).as("before there is a broker").hasValue(0);

            broker.start();
            await().atMost(AMPLE).until(() -> calls.get() > 2);

            broker.stop();
            double withheld = count(service, "withheld");
            await().atMost(AMPLE).until(() -> count(service, "withheld") > withheld);
            int before = calls.get();
            await().atMost(AMPLE).until(() -> count(service, "withheld") > withheld + 5);
            assertThat(calls).hasValue(before);

            broker.start();
            await().atMost(AMPLE).until(() -> calls.get() > before + 2);

            status.set(500);
            await().atMost(AMPLE).until(() -> count(service, "failed") > 0);
            others.shutdownNow();
        }
        assertThat(output.getAll()).contains("was answered 500", "nothing is heard of").doesNotContain("s3cr3t");
    }

    private static double count(ConfigurableApplicationContext service, String outcome) {
        return service.getBean(MeterRegistry.class).get("holdfast.heartbeats").tag("outcome", outcome).counter().count();
    }

    private static void beat(ConfigurableApplicationContext service) {
        for (String other : List.of("scheduler-service", "backup-worker", "verifier-service", "retention-service")) {
            service.getBean(EventPublisher.class).publishUnconfirmed(Topics.PROGRESS, Event.of("/holdfast/" + other, Instant.now(),
                    new ServiceAlive(null, other, other + "-1", "0.1.0", Instant.now(), null, null, 0L, Instant.now())));
        }
    }

    private ConfigurableApplicationContext start(KafkaServer broker) throws IOException {
        Files.writeString(folder.resolve("beat.url"), "http://127.0.0.1:" + outside.getAddress().getPort() + "/ping/s3cr3t\n");
        Path config = Files.writeString(folder.resolve("holdfast.yml"), """
                kafka: {bootstrap-servers: "%s"}
                databases: {shop: {user: backup, encryption: none}}
                repositories: {local: {path: repository}}
                heartbeat: {url: {file: beat.url}, every: 1s}
                """.formatted(broker.bootstrapServers()));
        return HoldfastService.run(NotifierService.class, "notifier-service",
                Map.of("config", config, "server.port", 0, "holdfast.heartbeat.silent-after", "8s"));
    }
}
