package dev.holdfast.notifier.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.Event;
import dev.holdfast.service.messaging.LogPosition;
import dev.holdfast.testkit.SettableClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The order of tries, with an executor whose steps are taken one by one. */
@Execution(ExecutionMode.SAME_THREAD)
class DeliveryLanesTest {

    private final SettableClock clock = SettableClock.at("2026-02-03T12:00:00Z");
    private final Deque<Runnable> begun = new ArrayDeque<>();
    private final List<String> tried = new ArrayList<>();
    private final Set<String> down = new HashSet<>();
    private final Set<String> disliked = new HashSet<>();
    private final Map<String, String> subscriptions = new HashMap<>();
    private DeliveryLanes lanes = lanes(1_000_000);
    private long offset;

    @Test
    void a_lane_goes_in_order_and_a_failing_first_holds_those_behind_it_and_no_other_lane() {
        down.add("ops");
        add("a1", "ops", "a");
        add("a2", "ops", "a");
        add("x1", "duty", "a");
        runAll();
        assertThat(tried).containsExactly("a1", "x1");

        down.clear();
        clock.advance(Duration.ofSeconds(61));
        lanes.tick();
        runAll();
        assertThat(tried).containsExactly("a1", "x1", "a1", "a2");
        assertThat(lanes.oldestOpen(0)).isEmpty();
    }

    @Test
    void a_subscriber_has_few_tries_at_once_and_one_while_it_fails() {
        IntStream.range(0, 10).forEach(i -> add("d" + i, "ops", "db" + i));
        assertThat(begun).hasSize(4);
        down.add("ops");
        begun.poll().run();
        assertThat(begun).as("three are under way, and no other begins").hasSize(3);
        while (begun.size() > 1) {
            begun.poll().run();
        }
        begun.poll().run();
        assertThat(begun).hasSize(1);
    }

    @Test
    void what_a_working_subscriber_dislikes_steps_aside_after_some_tries() {
        disliked.add("bad");
        add("bad", "ops", "a");
        add("good", "ops", "a");
        for (int tries = 0; tries < DeliveryLanes.TRIES_IN_LANE; tries++) {
            assertThat(tried).doesNotContain("good");
            clock.advance(Duration.ofHours(1));
            lanes.tick();
            runAll();
        }
        assertThat(tried).contains("good");
        assertThat(lanes.pending("ops")).isEqualTo(1);
        clock.advance(Duration.ofHours(1));
        lanes.tick();
        runAll();
        assertThat(tried.getLast()).isEqualTo("bad");
    }

    @Test
    void no_position_passes_the_oldest_delivery_that_is_not_over() {
        down.add("dead");
        add("d", "dead", "a");
        IntStream.range(0, 5).forEach(i -> add("ok" + i, "ops", "a"));
        runAll();

        assertThat(lanes.oldestOpen(0)).hasValue(0);
        assertThat(lanes.pending("ops")).isZero();
        assertThat(lanes.oldest("dead")).contains(clock.instant());
        assertThat(lanes.oldestOpen(1)).isEmpty();
    }

    @Test
    void what_is_there_already_is_not_taken_twice() {
        add("one", "ops", "a");
        add("one", "ops", "a");
        runAll();

        assertThat(tried).containsExactly("one");
    }

    @Test
    void a_partition_that_is_given_away_is_forgotten_and_a_try_under_way_changes_nothing_any_more() {
        add("one", "ops", "a");
        add("two", "ops", "a");
        lanes.forget(Set.of(0));
        add("three", "ops", "a");
        assertThat(begun).as("one lane never runs twice at once").hasSize(1);
        runAll();

        assertThat(tried).containsExactly("one", "three");
        assertThat(lanes.pending("ops")).isZero();
    }

    @Test
    void nothing_begins_once_it_is_stopped_and_everything_stays_open() {
        lanes.stop();
        add("one", "ops", "a");
        runAll();

        assertThat(tried).isEmpty();
        assertThat(lanes.oldestOpen(0)).hasValue(0);
    }

    @Test
    void a_hundred_thousand_waiting_deliveries_keep_no_more_bodies_in_memory_than_allowed() {
        down.add("dead");
        String body = "x".repeat(2_000);
        for (int i = 0; i < 100_000; i++) {
            add("d" + i, "dead", "db" + i % 100, body);
        }
        runAll();

        assertThat(lanes.pending("dead")).isEqualTo(100_000);
        assertThat(lanes.keptBytes()).isLessThanOrEqualTo(1_000_000 + 2_000);
        down.clear();
        clock.advance(Duration.ofSeconds(61));
        lanes.tick();
        runAll();
        assertThat(lanes.pending("dead")).isZero();
        assertThat(lanes.keptBytes()).isZero();
    }

    @Test
    void whatever_fails_when_each_lane_stays_in_order_and_everything_is_told() {
        long seed = 20260203;
        Random random = new Random(seed);
        Map<String, List<String>> expected = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            String subscription = "s" + random.nextInt(7);
            String database = "db" + random.nextInt(5);
            add("d" + i, subscription, database);
            expected.computeIfAbsent(subscription + database, key -> new ArrayList<>()).add("d" + i);
            if (random.nextInt(10) == 0) {
                String other = "s" + random.nextInt(7);
                if (!down.remove(other)) {
                    down.add(other);
                }
            }
            if (random.nextBoolean() && !begun.isEmpty()) {
                begun.poll().run();
            }
            clock.advance(Duration.ofSeconds(random.nextInt(30)));
            lanes.tick();
        }
        down.clear();
        while (IntStream.range(0, 7).anyMatch(s -> lanes.pending("s" + s) > 0)) {
            runAll();
            clock.advance(Duration.ofSeconds(61));
            lanes.tick();
        }
        for (List<String> order : expected.values()) {
            assertThat(tried.stream().filter(Set.copyOf(order)::contains).distinct().toList()).as("seed " + seed).isEqualTo(order);
        }
        assertThat(lanes.oldestOpen(0)).isEmpty();
    }

    private DeliveryLanes lanes(long keptBytes) {
        return new DeliveryLanes(new DeliverySettings(4, Duration.ofHours(24), List.of(Duration.ofMinutes(1)), keptBytes), clock, begun::add,
                delivery -> {
                    tried.add(delivery.id());
                    Delivery.Progress failed = new Delivery.Progress(delivery.progress().tries() + 1,
                            clock.instant().plus(Duration.ofMinutes(1)), 500, "no");
                    if (disliked.contains(delivery.id())) {
                        return new DeliveryLanes.Again(failed, true);
                    }
                    return down.contains(subscriptions.get(delivery.id())) ? new DeliveryLanes.Again(failed, false) : new DeliveryLanes.Over(true);
                });
    }

    private void runAll() {
        while (!begun.isEmpty()) {
            begun.poll().run();
        }
    }

    private void add(String id, String subscription, String database) {
        add(id, subscription, database, "{}");
    }

    private void add(String id, String subscription, String database, String body) {
        subscriptions.put(id, subscription);
        Event<DeliveryRequested> request = Event.of(id, "/holdfast/notifier-service", clock.instant(),
                new DeliveryRequested(database, subscription, id, "e", "t", body));
        lanes.add(new Delivery(request, new LogPosition("holdfast.deliveries", 0, offset++, clock.instant(), database),
                Delivery.Progress.none(clock.instant())), request);
    }
}
