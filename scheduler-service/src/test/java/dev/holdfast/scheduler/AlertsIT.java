package dev.holdfast.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.AlertResolved;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.repository.BackupId;
import dev.holdfast.testkit.KafkaServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerts on a real broker, with more than one scheduler. */
class AlertsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Instant START = Instant.parse("2026-02-03T01:59:30Z");

    @TempDir
    private Path folder;
    private final KafkaServer broker = KafkaServer.shared();
    private final TopicReader topics = new TopicReader(broker.bootstrapServers());

    @BeforeEach
    void begin_with_an_empty_broker() {
        broker.start();
        broker.reset();
        RunningScheduler.Clocked.CLOCK.set(START);
    }

    @AfterEach
    void stop_the_clock() {
        RunningScheduler.Clocked.CLOCK.set(START);
    }

    @Test
    void of_two_schedulers_one_raises_an_alert_once_the_other_goes_on_when_it_ends_and_a_restart_raises_nothing() {
        try (RunningScheduler one = start(); RunningScheduler other = start()) {
            await().atMost(PATIENCE).until(() -> one.owns("blog") != other.owns("blog"));
            say(failed("02:00"));
            await().atMost(PATIENCE).until(() -> raised().size() == 1);
            assertThat(raised().getFirst()).satisfies(alert -> {
                assertThat(alert.reminder()).isZero();
                assertThat(alert.reason()).contains("server-refused");
            });
            for (RunningScheduler scheduler : List.of(one, other)) {
                await().atMost(PATIENCE).until(() -> metric(scheduler, "holdfast_alert", "alert=\"failed\"", "database=\"blog\"") == 1);
                assertThat(metric(scheduler, "holdfast_objective_rpo_seconds", "database=\"shop\"")).isEqualTo(7260);
                assertThat(metric(scheduler, "holdfast_next_run_timestamp_seconds", "database=\"shop\"")).isGreaterThan(START.getEpochSecond());
            }

            RunningScheduler owner = one.owns("blog") ? one : other;
            RunningScheduler standingBy = owner == one ? other : one;
            owner.close();
            await().atMost(PATIENCE).until(() -> standingBy.owns("blog"));
            RunningScheduler.Clocked.CLOCK.advance(Duration.ofHours(24));
            await().atMost(PATIENCE).until(() -> raised().size() == 2);
            assertThat(raised()).extracting(AlertRaised::reminder).containsExactly(0, 1);
        }
        try (RunningScheduler again = start()) {
            await().atMost(PATIENCE).until(() -> again.owns("blog"));
            say(completed("03:00"));
            await().atMost(PATIENCE).until(() -> !resolved().isEmpty());
            assertThat(resolved()).singleElement().extracting(AlertResolved::since).isEqualTo(raised().getFirst().since());
            await().atMost(PATIENCE).until(() -> metric(again, "holdfast_alert", "alert=\"failed\"", "database=\"blog\"") == 0);
        }
        assertThat(raised()).hasSize(2);
    }

    private RunningScheduler start() {
        return RunningScheduler.start(folder, broker.bootstrapServers(), Map.of("holdfast.alerts.every", "200ms"));
    }

    private List<AlertRaised> raised() {
        return topics.read(Topics.EVENTS, AlertRaised.class).stream().map(event -> (AlertRaised) event.data())
                .filter(alert -> alert.alert().equals("failed") && "blog".equals(alert.database())).toList();
    }

    private List<AlertResolved> resolved() {
        return topics.read(Topics.EVENTS, AlertResolved.class).stream().map(event -> (AlertResolved) event.data())
                .filter(alert -> alert.alert().equals("failed") && "blog".equals(alert.database())).toList();
    }

    private void say(Payload data) {
        topics.write(Topics.EVENTS, Event.of(UUID.randomUUID().toString(), "/holdfast/backup-worker", START, data));
    }

    private static String id(String time) {
        return BackupId.scheduled("blog", "dump", Instant.parse("2026-02-03T" + time + ":00Z")).toString();
    }

    private static BackupFailed failed(String time) {
        return new BackupFailed("blog", "dump", id(time), 1, "connect", "permanent", "server-refused", "the server refused", "look at pg_hba.conf");
    }

    private static BackupCompleted completed(String time) {
        return new BackupCompleted("blog", "dump", id(time), 1, START, START.plusSeconds(30), START, 2000, 1000, false, "15.8",
                "ab".repeat(32), List.of(new BackupCompleted.Copy("disk", 1000)), List.of());
    }

    /** NaN where there is no such series. */
    private static double metric(RunningScheduler scheduler, String name, String... labels) {
        return scheduler.text("/actuator/prometheus").lines().filter(line -> line.startsWith(name + "{"))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).findFirst().orElse(Double.NaN);
    }
}
