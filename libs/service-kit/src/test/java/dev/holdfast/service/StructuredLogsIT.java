package dev.holdfast.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.WorkQueue;
import dev.holdfast.service.messaging.WorkQueues;
import dev.holdfast.testkit.KafkaServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a log collector reads of a service, unless it was asked for anything else. */
@ExtendWith(OutputCaptureExtension.class)
class StructuredLogsIT {

    private static final Logger LOG = LoggerFactory.getLogger(StructuredLogsIT.class);
    private static final JsonMapper JSON = new JsonMapper();
    /** What Spring Boot does where there is no file; the tests' own file says otherwise. */
    private static final String AS_WITHOUT_A_FILE = """
            <configuration>
              <include resource="org/springframework/boot/logging/logback/defaults.xml"/>
              <include resource="org/springframework/boot/logging/logback/structured-console-appender.xml"/>
              <root level="INFO"><appender-ref ref="CONSOLE"/></root>
            </configuration>
            """;

    @TempDir
    private Path folder;

    @Configuration(proxyBeanMethods = false)
    static class NothingOfItsOwn {
    }

    @Test
    void a_job_s_log_line_is_one_json_object_with_the_request_s_correlation_id_and_the_service(CapturedOutput output) throws IOException {
        Path logging = Files.writeString(folder.resolve("logging.xml"), AS_WITHOUT_A_FILE);
        String id = UUID.randomUUID().toString();
        try (ConfigurableApplicationContext service = HoldfastService.run(NothingOfItsOwn.class, "backup-worker",
                TestConfigs.of(folder, KafkaServer.shared().bootstrapServers()), Map.of("server.port", 0,
                        "logging.config", logging.toUri()));
                WorkQueue<BackupRequested> queue = service.getBean(WorkQueues.class).open(Topics.BACKUP_REQUESTS,
                        "structured-logs-" + id, BackupRequested.class, 1, request -> () -> LOG.info("doing {}", request.id()))) {
            queue.start();
            await().atMost(Duration.ofSeconds(90)).ignoreExceptions().until(() -> {
                service.getBean(EventPublisher.class).publish(Topics.BACKUP_REQUESTS, Event.of(id, "/test", Instant.now(),
                        new BackupRequested("shop", null, null, null, null, null, null, null)).withCorrelationId("c-" + id));
                return true;
            });
            await().atMost(Duration.ofSeconds(90)).until(() -> !lines(output, "doing " + id).isEmpty());
        }
        JsonNode line = JSON.readTree(lines(output, "doing " + id).getFirst());
        assertThat(line.get("message").asString()).isEqualTo("doing " + id);
        assertThat(line.get("correlationId").asString()).isEqualTo("c-" + id);
        assertThat(line.get("service").get("name").asString()).isEqualTo("backup-worker");
        assertThat(line.get("@timestamp")).isNotNull();
        assertThat(line.has("ecs")).isTrue();
        assertThat(output.getAll()).as("no line was lost").doesNotContain("failed to append");
    }

    private static List<String> lines(CapturedOutput output, String text) {
        return output.getOut().lines().filter(line -> line.contains(text)).toList();
    }
}
