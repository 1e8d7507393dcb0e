package dev.holdfast.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.repository.BackupId;
import dev.holdfast.testkit.KafkaServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two schedulers on a real broker; the test is the workers. */
class SupervisionIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Instant ASKED = Instant.parse("2026-02-03T01:59:00Z");
    private static final String ID = BackupId.requested("/people/ana", "request-1", "dump", ASKED).toString();

    @TempDir
    private Path folder;
    private final KafkaServer broker = KafkaServer.shared();
    private final TopicReader topics = new TopicReader(broker.bootstrapServers());

    @BeforeEach
    void begin_with_an_empty_broker() {
        broker.start();
        broker.reset();
        RunningScheduler.Clocked.CLOCK.set(Instant.parse("2026-02-03T01:59:30Z"));
    }

    @Test
    void a_silent_run_is_dispatched_once_per_attempt_also_by_the_instance_that_takes_over_and_fails_in_the_end() {
        try (RunningScheduler one = start(); RunningScheduler other = start()) {
            await().atMost(PATIENCE).until(() -> one.owns("blog") != other.owns("blog"));
            topics.write(Topics.BACKUP_REQUESTS, new Event<Payload>("request-1", "/people/ana", null, ASKED, "request-1", null,
                    new BackupRequested("blog", null, null, null, null, "ana", null, Instant.parse("2099-01-01T00:00:00Z"))));
            await().atMost(PATIENCE).until(() -> !topics.read(Topics.EVENTS, BackupAccepted.class).isEmpty());

            started(1);
            await().atMost(PATIENCE).until(() -> attempts().size() == 2);
            (one.owns("blog") ? one : other).close();
            started(2);
            await().atMost(PATIENCE).until(() -> attempts().size() == 3);
            started(3);

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(topics.read(Topics.EVENTS, BackupFailed.class))
                    .singleElement().satisfies(failed -> {
                        assertThat(((BackupFailed) failed.data()).code()).isEqualTo("attempts-exhausted");
                        assertThat(((BackupFailed) failed.data()).backupId()).isEqualTo(ID);
                        assertThat(failed.correlationId()).isEqualTo("request-1");
                    }));
            assertThat(attempts()).containsExactly(null, 2, 3);
            assertThat(topics.read(Topics.BACKUP_REQUESTS).getLast().event().id()).isEqualTo("request-1");
        }
    }

    private RunningScheduler start() {
        return RunningScheduler.start(folder, broker.bootstrapServers());
    }

    private void started(int attempt) {
        topics.write(Topics.EVENTS, Event.of("/holdfast/backup-worker", ASKED,
                new BackupStarted("blog", "dump", ID, attempt, "nonce-" + attempt, "worker-" + attempt)));
    }

    private List<Integer> attempts() {
        return topics.read(Topics.BACKUP_REQUESTS).stream().filter(found -> found.key().equals("blog"))
                .map(found -> ((BackupRequested) found.event().data()).attempt()).toList();
    }
}
