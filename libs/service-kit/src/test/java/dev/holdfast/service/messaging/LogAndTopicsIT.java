package dev.holdfast.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.testkit.KafkaServer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogAndTopicsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String RUN = "20260203T020000Z-dump-3fa9c1d2e4b5";

    private final ServiceIdentity identity = ServiceIdentity.newInstance("scheduler-service", Clock.systemUTC());
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void disconnect() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
    }

    @Test
    void a_follower_resumes_where_it_stopped_and_survives_the_brokers_restart() {
        try (KafkaServer broker = KafkaServer.newBroker()) {
            Messaging messaging = ready(broker);
            List<String> seen = new CopyOnWriteArrayList<>();
            released(messaging, "one");
            LogFollower first = follow(messaging, "resumes", reason -> seen.add("first " + reason));
            await().atMost(PATIENCE).until(() -> seen.contains("first one"));
            assertThat(first.awaitCaughtUp(PATIENCE)).isTrue();
            broker.stop();
            broker.start();
            released(messaging, "two");
            await().atMost(PATIENCE).until(() -> seen.contains("first two"));
            first.stop();
            released(messaging, "three");
            LogFollower second = follow(messaging, "resumes", reason -> seen.add("second " + reason));
            await().atMost(PATIENCE).until(() -> seen.contains("second three"));
            second.stop();
            assertThat(seen).containsExactly("first one", "first two", "second three");
            disconnectQuietly(messaging);
        }
    }

    @Test
    void topics_that_are_lost_under_running_readers_are_made_again_and_read_from_their_start() {
        try (KafkaServer broker = KafkaServer.newBroker()) {
            Messaging messaging = ready(broker);
            messaging.topics().keepTrying(refusal -> { });
            List<String> seen = new CopyOnWriteArrayList<>();
            LogFollower group = follow(messaging, "lost", reason -> seen.add("group " + reason));
            LogFollower now = messaging.followers().fromNow(Topics.EVENTS, (event, position) -> {
                if (event.data() instanceof RunReleased data) {
                    seen.add("now " + data.reason());
                }
            });
            WorkQueue<BackupRequested> queue = messaging.queues().open(Topics.BACKUP_REQUESTS, "lost-queue", BackupRequested.class, 1,
                    request -> () -> seen.add("queue " + request.data().reason()));
            now.start();
            queue.start();
            assertThat(now.awaitCaughtUp(PATIENCE)).isTrue();
            Stream.of("one", "two", "three").forEach(reason -> released(messaging, reason));
            await().atMost(PATIENCE).until(() -> seen.contains("group three") && seen.contains("now three"));

            broker.reset();
            await().atMost(PATIENCE).until(() -> messaging.topics().generation() == 1 && messaging.topics().isReady());
            released(messaging, "anew");
            messaging.publisher().publish(Topics.BACKUP_REQUESTS, identity.event(null, "c",
                    new BackupRequested("shop", "dump", null, null, null, "test", "anew", null)));

            await().atMost(PATIENCE).until(() -> seen.containsAll(List.of("group anew", "now anew", "queue anew")));
            queue.stop();
            now.stop();
            group.stop();
            disconnectQuietly(messaging);
        }
    }

    @Test
    void a_whole_log_is_read_from_its_start_and_caught_up_only_when_all_is_handled() {
        Messaging messaging = ready(KafkaServer.shared());
        for (int i = 0; i < 20; i++) {
            released(messaging, "whole-" + i);
        }
        List<String> seen = new CopyOnWriteArrayList<>();
        LogFollower follower = messaging.followers().fromStart(Topics.EVENTS, (event, position) -> {
            if (event.data() instanceof RunReleased data && data.reason().startsWith("whole-")) {
                seen.add(data.reason());
                assertThat(position.key()).isEqualTo("shop");
            }
        });
        open.add(follower);
        follower.start();
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        assertThat(seen).hasSize(20).startsWith("whole-0").endsWith("whole-19");
    }

    @Test
    void a_retriable_failure_holds_its_record_and_any_other_puts_it_aside_after_three_tries() {
        Messaging messaging = ready(KafkaServer.shared());
        AtomicInteger retried = new AtomicInteger();
        AtomicInteger poison = new AtomicInteger();
        List<String> seen = new CopyOnWriteArrayList<>();
        follow(messaging, "failures", reason -> {
            if (reason.equals("poison")) {
                if (poison.incrementAndGet() == 1) {
                    throw new NoClassDefFoundError("the row said hunter2");
                }
                throw new IllegalStateException("the row said hunter2");
            }
            if (reason.equals("retry") && retried.incrementAndGet() < 5) {
                throw new HoldfastException(FailureKind.RETRIABLE, "later", "not yet", "wait");
            }
            seen.add(reason);
        });
        released(messaging, "poison");
        released(messaging, "retry");
        released(messaging, "after");
        await().atMost(PATIENCE).until(() -> seen.contains("after"));
        assertThat(seen.stream().filter(List.of("retry", "after")::contains)).containsExactly("retry", "after");
        assertThat(poison).hasValue(3);
        ConsumerRecord<byte[], byte[]> dead = RawTopics.find(KafkaServer.shared(), Topics.EVENTS + Topics.DEAD_SUFFIX,
                record -> RawTopics.header(record, "holdfast-dead-code").equals("handler-failed"));
        assertThat(RawTopics.header(dead, "holdfast-dead-group")).isEqualTo("failures");
        assertThat(RawTopics.header(dead, "holdfast-dead-reason")).as("the type only, its text may hold anything")
                .endsWith("IllegalStateException");
    }

    @Test
    void garbage_on_the_log_is_put_aside_by_a_group_and_the_next_record_is_read() {
        Messaging messaging = ready(KafkaServer.shared());
        List<String> alerts = new CopyOnWriteArrayList<>();
        LogFollower follower = messaging.followers().group(Topics.EVENTS, "garbage", (event, position) -> {
            if (event.data() instanceof AlertRaised alert && alert.alert().equals("dead-letter")) {
                alerts.add(alert.about());
            }
        });
        open.add(follower);
        follower.start();
        RawTopics.write(KafkaServer.shared(), new ProducerRecord<>(Topics.EVENTS,
                "shop".getBytes(StandardCharsets.UTF_8), "garbage".getBytes(StandardCharsets.UTF_8)));
        await().atMost(PATIENCE).until(() -> alerts.stream().anyMatch(about -> about.startsWith(Topics.EVENTS + "-")));
    }

    @Test
    void the_largest_record_that_a_topic_takes_is_put_aside_cut_and_the_next_record_is_read() {
        Messaging messaging = ready(KafkaServer.shared());
        List<String> alerts = new CopyOnWriteArrayList<>();
        LogFollower follower = messaging.followers().group(Topics.EVENTS, "largest", (event, position) -> {
            if (event.data() instanceof AlertRaised alert && alert.alert().equals("dead-letter")) {
                alerts.add(alert.reason());
            }
        });
        open.add(follower);
        follower.start();
        byte[] largest = new byte[1_048_450];
        Arrays.fill(largest, (byte) 'y');
        RawTopics.write(KafkaServer.shared(), new ProducerRecord<>(Topics.EVENTS, "shop".getBytes(StandardCharsets.UTF_8), largest));
        await().atMost(PATIENCE).until(() -> alerts.stream().anyMatch(reason -> reason.contains("1048450 bytes")));
        ConsumerRecord<byte[], byte[]> dead = RawTopics.find(KafkaServer.shared(), Topics.EVENTS + Topics.DEAD_SUFFIX,
                record -> record.headers().lastHeader("holdfast-dead-cut-from") != null);
        assertThat(RawTopics.header(dead, "holdfast-dead-cut-from")).isEqualTo("1048450");
        assertThat(dead.value()).hasSize(64 * 1024).containsOnly('y');
    }

    @Test
    void publishing_without_a_broker_fails_as_broker_unreachable_and_a_beat_never_waits() {
        try (KafkaServer absent = KafkaServer.absent()) {
            Messaging messaging = Messaging.open(KafkaSettings.local(absent.bootstrapServers()), identity);
            open.add(messaging);
            for (int beat = 0; beat < 100; beat++) {
                messaging.pulse().beat(new RunProgressed("shop", RUN + beat, "backup", 1, "dump", beat, null, 1.0), "c");
            }
            assertThat(((KafkaEventPublisher) messaging.publisher()).lost()).isEqualTo(100);
            assertThatThrownBy(() -> released(messaging, "never")).isInstanceOfSatisfying(HoldfastException.class, failure -> {
                assertThat(failure.code()).isEqualTo("broker-unreachable");
                assertThat(failure.kind()).isEqualTo(FailureKind.RETRIABLE);
                assertThat(failure.getMessage()).contains("run.released", Topics.EVENTS, absent.bootstrapServers());
            });
            assertThat(messaging.topics().tryNow()).isFalse();
            assertThat(messaging.topics().answers()).isFalse();
        }
    }

    @Test
    void topics_that_contradict_are_refused_with_each_setting_and_those_that_keep_longer_are_not() throws Exception {
        try (KafkaServer broker = KafkaServer.newBroker();
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(
                    new NewTopic(Topics.EVENTS, 3, (short) 1).configs(Map.of("retention.ms", "1000", "cleanup.policy", "compact")),
                    new NewTopic(Topics.BACKUP_REQUESTS, 6, (short) 1).configs(Map.of("message.timestamp.type", "LogAppendTime")),
                    new NewTopic(Topics.VERIFICATION_REQUESTS, 1, (short) 1).configs(
                            Map.of("message.timestamp.type", "LogAppendTime", "retention.ms", "-1"))))
                    .all().get(60, TimeUnit.SECONDS);
            try (Messaging messaging = Messaging.open(KafkaSettings.local(broker.bootstrapServers()), identity)) {
                assertThatThrownBy(() -> await().atMost(PATIENCE).until(messaging.topics()::tryNow))
                        .isInstanceOfSatisfying(HoldfastException.class, failure -> {
                            assertThat(failure.code()).isEqualTo("topic-contradicts");
                            assertThat(failure.getMessage()).contains(Topics.EVENTS + " has cleanup.policy=compact, needs delete",
                                    Topics.EVENTS + " has retention.ms=1000", Topics.EVENTS + " has message.timestamp.type",
                                    Topics.BACKUP_REQUESTS + " has 6 partitions, needs 1")
                                    .doesNotContain(Topics.VERIFICATION_REQUESTS);
                        });
                assertThat(messaging.topics().isReady()).isFalse();
            }
        }
    }

    private Messaging ready(KafkaServer broker) {
        Messaging messaging = Messaging.open(KafkaSettings.local(broker.bootstrapServers()), identity);
        open.add(messaging);
        await().atMost(PATIENCE).until(messaging.topics()::tryNow);
        return messaging;
    }

    private LogFollower follow(Messaging messaging, String group, java.util.function.Consumer<String> reasons) {
        LogFollower follower = messaging.followers().group(Topics.EVENTS, group, (event, position) -> {
            if (event.data() instanceof RunReleased data) {
                reasons.accept(data.reason());
            }
        });
        open.add(follower);
        follower.start();
        return follower;
    }

    private void released(Messaging messaging, String reason) {
        messaging.publisher().publish(Topics.EVENTS,
                identity.event(RUN, "correlation", new RunReleased("shop", RUN, "backup", 1, reason)));
    }

    private void disconnectQuietly(Messaging messaging) {
        open.remove(messaging);
        messaging.close();
    }
}
