package dev.holdfast.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkQueueIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** The shortest lock that a broker takes, so that a job easily outlives it. */
    private static final Map<String, String> SHORT_LOCKS = Map.of("group.share.record.lock.duration.ms", "2000",
            "group.share.min.record.lock.duration.ms", "2000");

    private final ServiceIdentity identity = ServiceIdentity.newInstance("backup-worker", Clock.systemUTC());
    private final List<AutoCloseable> open = new ArrayList<>();
    private static KafkaServer broker;
    private Messaging messaging;

    @BeforeAll
    static void start_broker() {
        broker = KafkaServer.newBroker(SHORT_LOCKS);
    }

    @AfterAll
    static void stop_broker() {
        broker.close();
    }

    @BeforeEach
    void connect() {
        messaging = Messaging.open(KafkaSettings.local(broker.bootstrapServers()), identity);
        await().atMost(PATIENCE).until(messaging.topics()::tryNow);
    }

    @AfterEach
    void disconnect() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
        messaging.close();
    }

    @Test
    void each_request_is_done_once_over_all_slots_and_nobody_takes_more_than_its_slots() {
        Map<String, AtomicInteger> done = new ConcurrentHashMap<>();
        AtomicInteger most = new AtomicInteger();
        for (int worker = 0; worker < 2; worker++) {
            AtomicInteger here = new AtomicInteger();
            queue(2, request -> {
                most.accumulateAndGet(here.incrementAndGet(), Math::max);
                return () -> {
                    done.computeIfAbsent(request.id(), id -> new AtomicInteger()).incrementAndGet();
                    here.decrementAndGet();
                };
            });
        }
        List<String> ids = IntStream.range(0, 40).mapToObj(i -> request("shop-" + i % 7)).toList();
        await().atMost(PATIENCE).until(() -> done.size() == ids.size());
        assertThat(done.keySet()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(done.values()).allSatisfy(count -> assertThat(count).hasValue(1));
        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void a_worker_with_full_slots_leaves_the_next_request_to_another_however_long_its_job() {
        CountDownLatch end = new CountDownLatch(1);
        open.add(end::countDown);
        List<String> ran = new CopyOnWriteArrayList<>();
        queue(1, request -> () -> {
            ran.add("first " + request.id());
            awaitLatch(end);
        });
        String longJob = request("shop");
        await().atMost(PATIENCE).until(() -> !ran.isEmpty());
        String next = request("shop");
        queue(1, request -> () -> ran.add("second " + request.id()));
        await().atMost(PATIENCE).until(() -> ran.contains("second " + next));
        // Several times the acquisition lock: a job that held one would have been redelivered to the free worker.
        await().during(Duration.ofSeconds(6)).atMost(PATIENCE).until(() -> ran.size() == 2);
        assertThat(ran).containsExactly("first " + longJob, "second " + next);
    }

    @Test
    void a_queue_that_waits_for_requests_runs_nothing() {
        List<String> done = new CopyOnWriteArrayList<>();
        WorkQueue<BackupRequested> queue = queue(2, request -> () -> done.add(request.id()));
        request("shop");
        await().atMost(PATIENCE).until(() -> done.size() == 1);
        await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> queue.running() == 0);
    }

    @Test
    void what_cannot_be_read_is_put_aside_with_its_reason_and_an_alert_and_nothing_stalls() {
        List<Event<AlertRaised>> alerts = alerts();
        List<String> done = new CopyOnWriteArrayList<>();
        queue(1, request -> () -> done.add(request.id()));
        byte[] garbage = "{\"database\": \"sh".getBytes(StandardCharsets.UTF_8);
        raw(garbage);
        raw(null);
        messaging.publisher().publish(Topics.BACKUP_REQUESTS, identity.event(null, "c", new RunReleased("shop",
                "20260203T020000Z-dump-3fa9c1d2e4b5", "backup", 1, "not a request")));
        String good = request("shop");
        await().atMost(PATIENCE).until(() -> done.contains(good) && alerts.size() == 3);
        assertThat(alerts).allSatisfy(alert -> {
            assertThat(alert.data().alert()).isEqualTo("dead-letter");
            assertThat(alert.data().database()).isEqualTo("shop");
            assertThat(alert.data().about()).startsWith(Topics.BACKUP_REQUESTS + "-");
            assertThat(alert.data().nextStep()).isNotBlank();
        }).anySatisfy(alert -> assertThat(alert.data().reason()).contains("run.released"));
        assertThat(RawTopics.find(broker, Topics.BACKUP_REQUESTS + Topics.DEAD_SUFFIX,
                record -> Arrays.equals(garbage, record.value()))).satisfies(record -> {
            assertThat(RawTopics.header(record, "holdfast-dead-reason")).isNotBlank();
            assertThat(RawTopics.header(record, "holdfast-dead-code")).isEqualTo("event-unreadable");
            assertThat(RawTopics.header(record, "holdfast-dead-topic")).isEqualTo(Topics.BACKUP_REQUESTS);
        });
    }

    @Test
    void a_claim_that_fails_once_comes_again_and_one_that_always_fails_is_put_aside_at_its_fourth_delivery() {
        List<Event<AlertRaised>> alerts = alerts();
        Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();
        List<String> done = new CopyOnWriteArrayList<>();
        queue(1, request -> {
            int count = tries.computeIfAbsent(request.data().database(), name -> new AtomicInteger()).incrementAndGet();
            if (request.data().database().equals("never") || count == 1) {
                throw new HoldfastException(FailureKind.PERMANENT, "test-failure", "claiming failed", "none");
            }
            return () -> done.add(request.data().database());
        });
        request("never");
        request("second");
        await().atMost(PATIENCE).until(() -> done.contains("second") && alerts.size() == 1);
        assertThat(tries.get("second")).hasValue(2);
        assertThat(tries.get("never")).hasValue(4);
        assertThat(alerts.getFirst().data().database()).isEqualTo("never");
        assertThat(RawTopics.find(broker, Topics.BACKUP_REQUESTS + Topics.DEAD_SUFFIX, record ->
                RawTopics.header(record, "holdfast-dead-code").equals("test-failure")).key())
                .isEqualTo("never".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_claim_that_can_be_retried_outlasts_more_failures_than_a_record_has_deliveries() {
        List<Event<AlertRaised>> alerts = alerts();
        AtomicInteger tries = new AtomicInteger();
        List<String> done = new CopyOnWriteArrayList<>();
        queue(1, request -> {
            if (tries.incrementAndGet() < 8) {
                throw new HoldfastException(FailureKind.RETRIABLE, "test-hiccup", "the store is away", "wait");
            }
            return () -> done.add(request.id());
        });
        String id = request("shop");
        await().atMost(PATIENCE).until(() -> !done.isEmpty() || !alerts.isEmpty());
        assertThat(done).containsExactly(id);
        assertThat(alerts).isEmpty();
    }

    @Test
    void a_claim_that_ends_in_an_error_is_put_aside_without_its_text_and_the_queue_goes_on() {
        List<Event<AlertRaised>> alerts = alerts();
        List<String> done = new CopyOnWriteArrayList<>();
        queue(1, request -> {
            if (request.data().database().equals("broken")) {
                throw new NoClassDefFoundError("the row said hunter2");
            }
            return () -> done.add(request.data().database());
        });
        request("broken");
        request("second");
        await().atMost(PATIENCE).until(() -> done.contains("second") && alerts.size() == 1);
        assertThat(alerts.getFirst().data().reason()).endsWith("NoClassDefFoundError");
        assertThat(RawTopics.header(RawTopics.find(broker, Topics.BACKUP_REQUESTS + Topics.DEAD_SUFFIX, record ->
                RawTopics.header(record, "holdfast-dead-code").equals("claim-failed")), "holdfast-dead-reason"))
                .doesNotContain("hunter2");
    }

    @Test
    void a_queue_goes_on_after_the_broker_was_away_and_stopping_interrupts_its_jobs() {
        List<String> done = new CopyOnWriteArrayList<>();
        List<String> interrupted = new CopyOnWriteArrayList<>();
        WorkQueue<BackupRequested> queue = queue(1, request -> () -> {
            if (request.data().database().equals("forever")) {
                awaitLatch(new CountDownLatch(1));
                interrupted.add(request.id());
            }
            done.add(request.id());
        });
        String before = request("shop");
        await().atMost(PATIENCE).until(() -> done.contains(before));
        broker.stop();
        broker.start();
        String after = request("shop");
        await().atMost(PATIENCE).until(() -> done.contains(after));
        String endless = request("forever");
        await().atMost(PATIENCE).until(() -> queue.running() == 1);
        await().atMost(PATIENCE).until(() -> {
            queue.stop();
            return interrupted.contains(endless);
        });
        assertThat(done.stream().filter(before::equals)).hasSize(1);
    }

    private WorkQueue<BackupRequested> queue(int slots, WorkHandler<BackupRequested> handler) {
        WorkQueue<BackupRequested> queue = messaging.queues().open(Topics.BACKUP_REQUESTS, "backup-workers",
                BackupRequested.class, slots, handler);
        queue.start();
        open.add(queue);
        return queue;
    }

    private List<Event<AlertRaised>> alerts() {
        List<Event<AlertRaised>> alerts = new CopyOnWriteArrayList<>();
        LogFollower follower = messaging.followers().fromNow(Topics.EVENTS, (event, position) -> {
            if (event.data() instanceof AlertRaised data) {
                alerts.add(new Event<>(event.id(), event.source(), event.subject(), event.time(), event.correlationId(),
                        event.instance(), data));
            }
        });
        follower.start();
        open.add(follower);
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        return alerts;
    }

    private String request(String database) {
        Event<BackupRequested> request = identity.event(null, "correlation",
                new BackupRequested(database, "dump", null, null, null, "test", null, null));
        messaging.publisher().publish(Topics.BACKUP_REQUESTS, request);
        return request.id();
    }

    private void raw(byte[] value) {
        RawTopics.write(broker, new ProducerRecord<>(Topics.BACKUP_REQUESTS, "shop".getBytes(StandardCharsets.UTF_8), value));
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
