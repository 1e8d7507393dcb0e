package dev.holdfast.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.testkit.KafkaServer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a run that ended badly says depends on all that was said before. */
@Timeout(180)
class TellOutcomeIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final ServiceIdentity identity = ServiceIdentity.newInstance("backup-worker", Clock.systemUTC());
    private final Messaging messaging = Messaging.open(KafkaSettings.local(KafkaServer.shared().bootstrapServers()), identity);
    private final String backupId = "20260203T020000Z-dump-" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final List<Payload> read = new CopyOnWriteArrayList<>();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicBoolean superseded = new AtomicBoolean();
    private LogFollower slow;
    private LogFollower witness;

    @BeforeEach
    void follow() {
        await().atMost(PATIENCE).until(messaging.topics()::tryNow);
        slow = messaging.followers().fromNow(Topics.EVENTS, (event, position) -> {
            if (event.data() instanceof BackupStarted started && started.backupId().equals(backupId)) {
                awaitQuietly(goOn);
                superseded.set(true);
            }
        });
        witness = messaging.followers().fromNow(Topics.EVENTS, (event, position) -> {
            if (event.data().database() != null && backupId.equals(event.subject())) {
                read.add(event.data());
            }
        });
        slow.start();
        witness.start();
        assertThat(slow.awaitCaughtUp(PATIENCE) && witness.awaitCaughtUp(PATIENCE)).isTrue();
    }

    @AfterEach
    void close() {
        goOn.countDown();
        slow.close();
        witness.close();
        messaging.close();
    }

    @Test
    void nothing_is_told_where_a_later_attempt_started_that_this_worker_had_not_read_of_yet() throws Exception {
        messaging.publisher().publish(Topics.EVENTS, identity.event(backupId, "c",
                new BackupStarted("shop", "dump", backupId, 2, "0123456789abcdef", "another")));
        Thread telling = Thread.ofPlatform().start(() -> new TellOutcome(messaging.publisher(), slow::awaitCurrent).tell(failed(), superseded::get));
        await().atMost(PATIENCE).until(() -> telling.getState() == Thread.State.TIMED_WAITING);

        goOn.countDown();
        telling.join();

        assertThat(witness.awaitCurrent(PATIENCE)).isTrue();
        assertThat(read).hasSize(1).noneMatch(BackupFailed.class::isInstance);
    }

    @Test
    void a_failure_is_told_once_the_log_is_read_and_nobody_took_over() {
        new TellOutcome(messaging.publisher(), slow::awaitCurrent).tell(failed(), superseded::get);

        assertThat(witness.awaitCurrent(PATIENCE)).isTrue();
        assertThat(read).hasSize(1).allMatch(BackupFailed.class::isInstance);
    }

    private Event<BackupFailed> failed() {
        return identity.event(backupId, "c", new BackupFailed("shop", "dump", backupId, 1, "dump", "permanent", "dump-too-old",
                "too old", "raise it"));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
