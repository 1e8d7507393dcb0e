package dev.holdfast.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.Topics;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.health.KafkaHealth;
import dev.holdfast.testkit.KafkaServer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.health.contributor.Status;

/** Whether a reader of the log knows what it should. */
@Timeout(240)
class LogFollowerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final ServiceIdentity identity = ServiceIdentity.newInstance("backup-worker", Clock.systemUTC());
    private final String run = "run-" + UUID.randomUUID();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void disconnect() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
    }

    @Test
    void a_yes_means_that_all_that_was_appended_before_the_question_is_handled() throws Exception {
        Messaging messaging = ready(KafkaServer.shared());
        CountDownLatch goOn = new CountDownLatch(1);
        LogFollower follower = follower(messaging, goOn);
        assertThat(follower.awaitCurrent(PATIENCE)).as("it does not run yet").isFalse();
        follower.start();
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        for (int i = 0; i < 20; i++) {
            tell(messaging, "reason-" + i);
        }

        assertThat(follower.awaitCurrent(Duration.ofSeconds(1))).as("the first one is still handled").isFalse();
        goOn.countDown();
        assertThat(follower.awaitCurrent(PATIENCE)).isTrue();

        assertThat(seen).hasSize(20);
        await().atMost(PATIENCE).until(() -> follower.lag().equals(OptionalLong.of(0)));
    }

    @Test
    void without_a_broker_the_answer_is_no_and_with_it_the_reading_goes_on_where_it_was() throws Exception {
        try (KafkaServer broker = KafkaServer.newBroker()) {
            Messaging messaging = ready(broker);
            LogFollower follower = follower(messaging, new CountDownLatch(0));
            follower.start();
            assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
            tell(messaging, "before");
            broker.stop();

            assertThat(follower.awaitCurrent(Duration.ofSeconds(2))).isFalse();
            broker.start();
            tell(messaging, "after");

            assertThat(follower.awaitCurrent(PATIENCE)).isTrue();
            assertThat(seen).containsExactly("before", "after");
            disconnect();
            open.clear();
        }
    }

    @Test
    void a_reader_from_now_on_that_connects_anew_misses_nothing_in_between() {
        Messaging messaging = ready(KafkaServer.shared());
        LogFollower follower = follower(messaging, new CountDownLatch(0));
        follower.start();
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        follower.stop();
        tell(messaging, "in between");

        follower.start();

        await().atMost(PATIENCE).until(() -> seen.equals(List.of("in between")));
    }

    @Test
    void a_group_that_begins_with_what_is_new_begins_only_once_also_where_nothing_was_there() {
        Messaging messaging = ready(KafkaServer.shared());
        String topic = "begins-" + UUID.randomUUID();
        RawTopics.create(KafkaServer.shared(), topic);
        append(topic, "old");
        Supplier<Duration> none = () -> Duration.ofSeconds(-60);
        try (LogFollower first = messaging.followers().group(topic, topic, none, remember())) {
            first.start();
            await().atMost(PATIENCE).until(() -> RawTopics.committed(KafkaServer.shared(), topic, topic).equals(OptionalLong.of(1)));
        }
        append(topic, "while nobody read");

        try (LogFollower second = messaging.followers().group(topic, topic, none, remember())) {
            second.start();
            await().atMost(PATIENCE).until(() -> !seen.isEmpty());
        }
        assertThat(seen).containsExactly("while nobody read");
    }

    @Test
    void a_failure_that_nobody_foresaw_is_tried_again_and_the_service_is_not_ready_meanwhile() {
        Messaging messaging = ready(KafkaServer.shared());
        KafkaHealth health = new KafkaHealth(messaging.topics(), messaging.followers());
        AtomicInteger failing = new AtomicInteger();
        AtomicBoolean broken = new AtomicBoolean(true);
        LogFollower follower = messaging.followers().since(Topics.EVENTS, () -> {
            failing.incrementAndGet();
            if (broken.get()) {
                throw new UnsupportedOperationException("the row said hunter2");
            }
            return Duration.ofMinutes(10);
        }, (event, position) -> {
            if (event.data() instanceof RunReleased data && data.runId().equals(run)) {
                seen.add(data.reason());
            }
        });
        open.add(follower);
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        follower.start();
        tell(messaging, "heard in the end");

        await().atMost(PATIENCE).until(() -> failing.get() >= 2 && health.health().getStatus().equals(Status.DOWN));
        assertThat(health.health().getDetails()).hasToString("{state=reading holdfast.events fails: UnsupportedOperationException}");
        assertThat(follower.isRunning()).isTrue();
        broken.set(false);

        await().atMost(PATIENCE).until(() -> seen.equals(List.of("heard in the end")));
        await().atMost(PATIENCE).until(() -> health.health().getStatus().equals(Status.UP));
    }

    @Test
    void records_that_were_deleted_before_a_group_read_them_are_told_once() {
        Messaging messaging = ready(KafkaServer.shared());
        String topic = "deleted-" + UUID.randomUUID();
        RawTopics.create(KafkaServer.shared(), topic);
        List<AlertRaised> alerts = new CopyOnWriteArrayList<>();
        LogFollower log = messaging.followers().fromNow(Topics.EVENTS, (event, position) -> {
            if (event.data() instanceof AlertRaised alert && alert.about() != null && alert.about().startsWith(topic)) {
                alerts.add(alert);
            }
        });
        open.add(log);
        log.start();
        assertThat(log.awaitCaughtUp(PATIENCE)).isTrue();
        append(topic, "read");
        try (LogFollower first = messaging.followers().group(topic, topic, remember())) {
            first.start();
            await().atMost(PATIENCE).until(() -> RawTopics.committed(KafkaServer.shared(), topic, topic).equals(OptionalLong.of(1)));
        }
        List.of("lost", "lost as well", "kept").forEach(reason -> append(topic, reason));
        RawTopics.deleteBefore(KafkaServer.shared(), topic, 3);

        for (int start = 0; start < 2; start++) {
            try (LogFollower second = messaging.followers().group(topic, topic, remember())) {
                second.start();
                await().atMost(PATIENCE).until(() -> RawTopics.committed(KafkaServer.shared(), topic, topic).equals(OptionalLong.of(4)));
                assertThat(second.awaitCaughtUp(PATIENCE)).isTrue();
            }
        }
        assertThat(seen).containsExactly("read", "kept");
        assertThat(log.awaitCurrent(PATIENCE)).isTrue();
        assertThat(alerts).singleElement().satisfies(alert -> {
            assertThat(alert.alert()).isEqualTo("records-lost");
            assertThat(alert.about()).isEqualTo(topic + "-0@1-2");
            assertThat(alert.reason()).startsWith("2 records");
        });
    }

    private EventHandler remember() {
        return (event, position) -> seen.add(((RunReleased) event.data()).reason());
    }

    private void append(String topic, String reason) {
        RawTopics.write(KafkaServer.shared(), new ProducerRecord<>(topic, new EventCodec().encode(
                identity.event(run, "correlation", new RunReleased("shop", run, "backup", 1, reason)))));
    }

    private LogFollower follower(Messaging messaging, CountDownLatch first) {
        LogFollower follower = messaging.followers().fromNow(Topics.EVENTS, (event, position) -> {
            if (event.data() instanceof RunReleased data && data.runId().equals(run)) {
                try {
                    first.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                seen.add(data.reason());
            }
        });
        open.add(follower);
        return follower;
    }

    private Messaging ready(KafkaServer broker) {
        Messaging messaging = Messaging.open(KafkaSettings.local(broker.bootstrapServers()), identity);
        open.add(messaging);
        await().atMost(PATIENCE).until(messaging.topics()::tryNow);
        return messaging;
    }

    private void tell(Messaging messaging, String reason) {
        messaging.publisher().publish(Topics.EVENTS,
                identity.event(run, "correlation", new RunReleased("shop", run, "backup", 1, reason)));
    }
}
