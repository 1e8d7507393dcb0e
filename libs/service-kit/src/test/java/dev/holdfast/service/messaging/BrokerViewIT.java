package dev.holdfast.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.testkit.FreePort;
import dev.holdfast.testkit.KafkaServer;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BrokerViewIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final KafkaServer broker = KafkaServer.shared();
    private final ServiceIdentity identity = ServiceIdentity.newInstance("scheduler-service", Clock.systemUTC());
    private Messaging messaging;

    @BeforeEach
    void connect() {
        broker.start();
        broker.reset();
        messaging = Messaging.open(KafkaSettings.local(broker.bootstrapServers()), identity);
        await().atMost(PATIENCE).until(messaging.topics()::tryNow);
    }

    @AfterEach
    void disconnect() {
        messaging.close();
    }

    @Test
    void a_queue_says_which_requests_were_taken_and_how_many_lie_in_it() {
        assertThat(messaging.broker().queue(Topics.BACKUP_REQUESTS, ShareGroups.BACKUP_WORKERS)).isEmpty();
        for (int i = 0; i < 3; i++) {
            messaging.publisher().publish(Topics.BACKUP_REQUESTS, Event.of("/test", Clock.systemUTC().instant(),
                    new BackupRequested("shop", null, null, null, null, null, null, null)));
        }
        CountDownLatch hold = new CountDownLatch(1);
        Set<String> taken = new ConcurrentSkipListSet<>();
        try (WorkQueue<BackupRequested> queue = messaging.queues().open(Topics.BACKUP_REQUESTS, ShareGroups.BACKUP_WORKERS,
                BackupRequested.class, 2, request -> {
                    taken.add(request.id());
                    return () -> awaitUninterrupted(hold);
                })) {
            queue.start();
            await().atMost(PATIENCE).until(() -> taken.size() == 2);

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                    messaging.broker().queue(Topics.BACKUP_REQUESTS, ShareGroups.BACKUP_WORKERS))
                    .hasValueSatisfying(at -> {
                        assertThat(at.waiting()).isEqualTo(1);
                        assertThat(at.firstOpen()).isLessThanOrEqualTo(2);
                        assertThat(at.end()).isEqualTo(3);
                    }));
            hold.countDown();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                    messaging.broker().queue(Topics.BACKUP_REQUESTS, ShareGroups.BACKUP_WORKERS))
                    .contains(new BrokerView.QueuePosition(3, 3, 0)));
        }
    }

    @Test
    void a_key_s_partition_is_the_one_that_its_records_are_written_to() {
        Set<Integer> asked = ConcurrentHashMap.newKeySet();
        try (LogFollower follower = messaging.followers().fromStart(Topics.EVENTS, (event, position) -> {
            assertThat(messaging.broker().partition(Topics.EVENTS, position.key())).isEqualTo(position.partition());
            asked.add(position.partition());
        })) {
            for (int i = 0; i < 20; i++) {
                messaging.publisher().publish(Topics.EVENTS, Event.of("/test", Clock.systemUTC().instant(),
                        new dev.holdfast.events.RunReleased("db-" + i, "run", "backup", 1, "test")));
            }
            follower.start();
            await().atMost(PATIENCE).until(() -> asked.size() == 3);
        }
    }

    @Test
    void a_broker_that_is_away_is_said_to_be_within_seconds() {
        try (BrokerView away = new BrokerView(KafkaSettings.local("127.0.0.1:" + FreePort.find()))) {
            assertThatThrownBy(() -> away.queue(Topics.BACKUP_REQUESTS, ShareGroups.BACKUP_WORKERS))
                    .isInstanceOfSatisfying(HoldfastException.class, e -> assertThat(e.code()).isEqualTo("broker-unreachable"));
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
