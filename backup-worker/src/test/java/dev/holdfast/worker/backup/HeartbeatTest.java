package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class HeartbeatTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(Heartbeat.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        MDC.remove("correlationId");
    }

    @Test
    void a_log_line_of_the_timer_s_thread_has_the_run_s_correlation_id() throws IOException {
        MDC.put("correlationId", "c-4711");
        Run run = run();
        try (Heartbeat heartbeat = new Heartbeat(run, new BrokenListener(), new RunControl(run.deadline(), Clock.systemUTC()),
                Duration.ofMillis(10))) {
            await().atMost(Duration.ofSeconds(60)).until(() -> !lines.list.isEmpty());
            assertThat(heartbeat.phase()).isEqualTo("preflight");
        }
        ILoggingEvent line = lines.list.getFirst();
        assertThat(line.getThreadName()).startsWith("heartbeat-");
        assertThat(line.getMDCPropertyMap()).containsEntry("correlationId", "c-4711");
    }

    private Run run() throws IOException {
        Files.writeString(folder.resolve("holdfast.yml"), """
                repositories: {local: {path: repository}}
                databases: {shop: {user: backup, encryption: none}}
                """);
        HoldfastConfig config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
        Repository repository = Repository.open("local", FileStore.at(folder.resolve("repository")));
        return new ClaimRequest(config, name -> repository.writer(), Clock.systemUTC()).claim(new Event<>("id", "/test", null, Instant.now(),
                "c-4711", null, new BackupRequested("shop", null, List.of(), null, null, null, null, null)), true);
    }

    private static final class BrokenListener implements RunListener {

        @Override
        public void happened(Event<?> event) {
            throw new AssertionError("a heartbeat tells of no event");
        }

        @Override
        public void progressed(RunProgressed progress, String correlationId) {
            throw new IllegalStateException("the pulse is broken");
        }
    }
}
