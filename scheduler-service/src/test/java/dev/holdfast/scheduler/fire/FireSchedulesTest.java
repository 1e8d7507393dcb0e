package dev.holdfast.scheduler.fire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.repository.BackupId;
import dev.holdfast.scheduler.RecordedEvents;
import dev.holdfast.scheduler.TestDatabases;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FireSchedulesTest {

    private static final Instant START = Instant.parse("2026-02-03T01:59:30Z");

    private final RecordedEvents log = new RecordedEvents();
    private final TestStanding standing = new TestStanding();

    @Test
    void a_schedule_fires_once_at_its_time_however_often_the_clock_ticks() {
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "0 2 * * *", "UTC"));
        for (int second = 0; second < 90; second++) {
            schedules.tick(START.plusSeconds(second));
        }
        assertThat(log.events()).hasSize(1);
        Event<?> event = log.events().getFirst();
        BackupRequested request = (BackupRequested) event.data();
        assertThat(request.database()).isEqualTo("shop");
        assertThat(request.fireTime()).isEqualTo("2026-02-03T02:00:00Z");
        assertThat(request.deadline()).isEqualTo("2026-02-03T03:00:00Z");
        assertThat(event.source()).isEqualTo("/holdfast/scheduler-service");
        assertThat(event.id()).isEqualTo(BackupId.scheduled("shop", "dump", request.fireTime()).toString())
                .isEqualTo(BackupId.of(requested(event)).toString());
    }

    @Test
    void a_minutely_schedule_fires_every_minute_of_simulated_time() {
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "* * * * *", "UTC"));
        for (int second = 0; second <= 3600; second += 10) {
            schedules.tick(START.plusSeconds(second));
        }
        assertThat(log.events()).hasSize(60).extracting(Event::id).doesNotHaveDuplicates();
    }

    @Test
    void two_instances_ask_for_the_same_backups_under_the_same_ids() {
        HoldfastConfig.Database shop = TestDatabases.scheduled("shop", "*/7 * * * *", "Europe/Berlin");
        RecordedEvents second = new RecordedEvents();
        FireSchedules one = schedules(shop);
        FireSchedules other = new FireSchedules(List.of(shop), new TestStanding(), second, "scheduler-2");
        long seed = Long.getLong("holdfast.seed", new Random().nextLong());
        Random random = new Random(seed);
        Instant time = START;
        for (int i = 0; i < 2000; i++) {
            time = time.plusSeconds(random.nextInt(30));
            one.tick(time);
            other.tick(time.plusMillis(random.nextInt(900)));
        }
        other.tick(time.plusSeconds(1));
        one.tick(time.plusSeconds(1));
        assertThat(ids(log)).as("seed " + seed).isEqualTo(ids(second)).hasSizeGreaterThan(50);
    }

    @Test
    void a_database_that_is_new_is_never_caught_up() {
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "0 2 * * *", "UTC"));
        schedules.tick(Instant.parse("2026-02-03T02:00:00Z"));
        schedules.tick(Instant.parse("2026-02-03T02:00:01Z"));
        assertThat(log.events()).isEmpty();
    }

    @Test
    void of_fire_times_that_passed_while_nobody_watched_the_newest_is_caught_up_with_a_deadline_of_its_own() {
        standing.lastFired = Instant.parse("2026-01-30T02:00:00Z");
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "0 2 * * *", "UTC"));
        schedules.tick(Instant.parse("2026-02-03T13:00:00Z"));
        schedules.tick(Instant.parse("2026-02-03T13:00:01Z"));
        assertThat(log.events()).hasSize(1);
        BackupRequested request = (BackupRequested) log.events().getFirst().data();
        assertThat(request.fireTime()).isEqualTo("2026-02-03T02:00:00Z");
        assertThat(request.deadline()).isEqualTo("2026-02-03T14:00:00Z");
    }

    @Test
    void a_fire_time_that_is_known_to_have_fired_is_not_caught_up_nor_anything_where_the_policy_says_none() {
        standing.lastFired = Instant.parse("2026-02-03T02:00:00Z");
        schedules(TestDatabases.scheduled("shop", "0 2 * * *", "UTC")).tick(Instant.parse("2026-02-03T13:00:00Z"));
        standing.lastFired = Instant.parse("2026-01-30T02:00:00Z");
        schedules(TestDatabases.with(TestDatabases.scheduled("shop", "0 2 * * *", "UTC"),
                new HoldfastConfig.Supervision(3, "none", Duration.ofMinutes(15)), HoldfastConfig.Politeness.DEFAULT))
                .tick(Instant.parse("2026-02-03T13:00:00Z"));
        assertThat(log.events()).isEmpty();
    }

    @Test
    void a_fire_time_of_a_moment_ago_is_still_now_for_whoever_takes_over_also_where_nothing_is_caught_up() {
        HoldfastConfig.Supervision none = new HoldfastConfig.Supervision(3, "none", Duration.ofMinutes(15));
        standing.lastFired = Instant.parse("2026-02-02T02:00:00Z");
        HoldfastConfig.Database shop = TestDatabases.with(TestDatabases.scheduled("shop", "0 2 * * *", "UTC"), none, HoldfastConfig.Politeness.DEFAULT);
        schedules(shop).tick(Instant.parse("2026-02-03T02:02:01Z"));
        assertThat(log.events()).isEmpty();
        schedules(shop).tick(Instant.parse("2026-02-03T02:01:59Z"));
        assertThat(log.events()).singleElement().satisfies(event ->
                assertThat(((BackupRequested) event.data()).fireTime()).isEqualTo("2026-02-03T02:00:00Z"));

        HoldfastConfig.Database blog = TestDatabases.with(TestDatabases.scheduled("blog", "0 2 * * *", "UTC"), none,
                new HoldfastConfig.Politeness(Duration.ofMinutes(30), Optional.empty(), List.of()));
        Instant due = schedules(blog).next("blog", START).orElseThrow();
        assertThat(due).as("its own moment within the jitter").isAfter(Instant.parse("2026-02-03T02:03:00Z"));
        schedules(blog).tick(due.plusSeconds(121));
        assertThat(log.events()).hasSize(1);
        schedules(blog).tick(due.plusSeconds(60));
        assertThat(log.events()).hasSize(2);
    }

    @Test
    void an_instance_that_was_stopped_fires_nothing_before_it_has_read_what_happened_meanwhile() {
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "0 * * * *", "UTC"), TestDatabases.scheduled("blog", "0 * * * *", "UTC"));
        schedules.tick(START);
        standing.current = false;
        standing.asked = 0;
        schedules.tick(START.plusSeconds(20));
        assertThat(standing.asked).as("nothing is due").isZero();
        schedules.tick(START.plusSeconds(60));
        assertThat(log.events()).isEmpty();
        assertThat(standing.asked).as("one answer serves all").isEqualTo(1);

        standing.current = true;
        standing.lastFired = Instant.parse("2026-02-03T02:00:00Z");
        schedules.tick(START.plusSeconds(61));
        assertThat(log.events()).as("the other instance has fired").isEmpty();
        schedules.tick(START.plusSeconds(3661));
        assertThat(log.events()).hasSize(2).allSatisfy(event ->
                assertThat(((BackupRequested) event.data()).fireTime()).isEqualTo("2026-02-03T03:00:00Z"));
    }

    @Test
    void a_log_that_stays_unreadable_keeps_back_what_is_due_for_minutes_and_not_for_ever() {
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "0 2 * * *", "UTC"));
        schedules.tick(START);
        standing.current = false;
        Instant due = START.plusSeconds(30);
        for (Instant now = due; now.isBefore(due.plus(FireSchedules.WITHHELD_AT_MOST)); now = now.plusSeconds(6)) {
            schedules.tick(now);
        }
        assertThat(log.events()).isEmpty();
        schedules.tick(due.plus(FireSchedules.WITHHELD_AT_MOST));
        schedules.tick(due.plus(FireSchedules.WITHHELD_AT_MOST).plusSeconds(6));
        assertThat(log.events()).extracting(Event::id).containsExactly(
                BackupId.scheduled("shop", "dump", Instant.parse("2026-02-03T02:00:00Z")).toString());
    }

    @Test
    void a_new_database_that_becomes_due_while_the_log_is_still_being_read_is_asked_for() {
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "0 2 * * *", "UTC"));
        standing.current = false;
        schedules.tick(START);
        assertThat(schedules.fires("shop")).isFalse();
        standing.current = true;
        schedules.tick(START.plusSeconds(40));
        assertThat(log.events()).extracting(Event::id).containsExactly(
                BackupId.scheduled("shop", "dump", Instant.parse("2026-02-03T02:00:00Z")).toString());
        assertThat(schedules.fires("shop")).isTrue();
    }

    @Test
    void an_instance_that_slept_or_whose_clock_jumped_has_not_waited_meanwhile() {
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "0 2 * * *", "UTC"));
        schedules.tick(START);
        standing.current = false;
        schedules.tick(START.plusSeconds(31));
        schedules.tick(START.plus(Duration.ofHours(3)));
        schedules.tick(START.plus(Duration.ofHours(3)).plusSeconds(6));
        assertThat(log.events()).isEmpty();
    }

    @Test
    void a_pause_that_ended_while_an_instance_was_stopped_takes_no_fire_time_away() {
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "0 2 * * *", "UTC"));
        schedules.tick(START);
        standing.paused = true;
        standing.current = false;
        schedules.tick(START.plusSeconds(31));
        standing.paused = false;
        standing.current = true;
        schedules.tick(START.plusSeconds(32));
        assertThat(log.events()).hasSize(1);
    }

    @Test
    void a_database_that_is_another_instance_s_does_not_fire_and_once_it_is_taken_over_what_it_missed_is_caught_up() {
        standing.fires = false;
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "0 2 * * *", "UTC"));
        schedules.tick(START);
        schedules.tick(START.plusSeconds(60));
        assertThat(log.events()).isEmpty();
        standing.fires = true;
        standing.lastFired = Instant.parse("2026-02-02T02:00:00Z");
        schedules.tick(START.plusSeconds(61));
        assertThat(log.events()).hasSize(1);
    }

    @Test
    void a_paused_schedule_skips_its_fire_times_and_resuming_brings_none_back() {
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "0 * * * *", "UTC"));
        schedules.tick(START);
        standing.paused = true;
        schedules.tick(START.plus(Duration.ofHours(1)));
        schedules.tick(START.plus(Duration.ofHours(5)));
        standing.paused = false;
        schedules.tick(START.plus(Duration.ofHours(5)).plusSeconds(1));
        assertThat(log.events()).isEmpty();
        schedules.tick(START.plus(Duration.ofHours(6)));
        assertThat(log.events()).hasSize(1);
    }

    @Test
    void jitter_spreads_databases_over_its_range_the_same_on_every_instance_and_changes_no_fire_time() {
        HoldfastConfig.Politeness tenMinutes = new HoldfastConfig.Politeness(Duration.ofMinutes(10), Optional.empty(), List.of());
        HoldfastConfig.Database[] databases = IntStream.range(0, 50).mapToObj(i -> TestDatabases.with(
                TestDatabases.scheduled("db-" + i, "0 2 * * *", "UTC"), HoldfastConfig.Supervision.DEFAULT, tenMinutes))
                .toArray(HoldfastConfig.Database[]::new);
        FireSchedules schedules = schedules(databases);
        Map<String, Instant> firedAt = new HashMap<>();
        for (Instant now = START; now.isBefore(START.plusSeconds(700)); now = now.plusSeconds(5)) {
            int before = log.events().size();
            Instant at = now;
            schedules.tick(now);
            log.events().subList(before, log.events().size()).forEach(event -> firedAt.put(event.data().database(), at));
        }
        assertThat(log.events()).hasSize(50)
                .allSatisfy(event -> assertThat(((BackupRequested) event.data()).fireTime()).isEqualTo("2026-02-03T02:00:00Z"));
        assertThat(new HashSet<>(firedAt.values())).hasSizeGreaterThan(20);
        assertThat(firedAt).allSatisfy((database, at) ->
                assertThat(at).isBetween(schedules.next(database, START).orElseThrow(), schedules.next(database, START).orElseThrow().plusSeconds(5)));
    }

    @Test
    void a_late_tick_asks_for_the_newest_fire_time_only() {
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "0 * * * *", "UTC"));
        schedules.tick(START);
        schedules.tick(START.plus(Duration.ofHours(5)));
        assertThat(log.events()).extracting(event -> ((BackupRequested) event.data()).fireTime())
                .containsExactly(Instant.parse("2026-02-03T06:00:00Z"));
    }

    @Test
    void a_fire_time_that_the_broker_did_not_take_is_asked_for_again_under_the_same_id() {
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "0 2 * * *", "UTC"),
                TestDatabases.scheduled("blog", "0 2 * * *", "UTC"));
        schedules.tick(START);
        log.brokerIsAway(true);
        schedules.tick(START.plusSeconds(60));
        log.brokerIsAway(false);
        schedules.tick(START.plusSeconds(120));
        schedules.tick(START.plusSeconds(121));
        Instant due = Instant.parse("2026-02-03T02:00:00Z");
        assertThat(log.events()).extracting(Event::id).containsExactly(BackupId.scheduled("shop", "dump", due).toString(),
                BackupId.scheduled("blog", "dump", due).toString());
    }

    @Test
    void a_clock_that_is_corrected_a_little_fires_nothing_twice_and_one_that_was_far_ahead_does_not_stop_schedules() {
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "* * * * *", "UTC"));
        schedules.tick(START);
        schedules.tick(START.plusSeconds(31));
        schedules.tick(START.plusSeconds(25));
        schedules.tick(START.plusSeconds(35));
        assertThat(log.events()).hasSize(1);
        schedules.tick(START.plus(Duration.ofDays(4000)));
        schedules.tick(START.plusSeconds(40));
        schedules.tick(START.plusSeconds(95));
        assertThat(log.events()).hasSize(3).last().extracting(event -> ((BackupRequested) event.data()).fireTime())
                .isEqualTo(Instant.parse("2026-02-03T02:01:00Z"));
    }

    @Test
    void ten_years_of_ticks_every_half_hour_fire_once_per_local_day() {
        ZoneId zone = ZoneId.of("Australia/Lord_Howe");
        FireSchedules schedules = schedules(TestDatabases.scheduled("shop", "15 2 * * *", zone.getId()));
        Instant end = START.plus(Duration.ofDays(3652));
        for (Instant time = START; time.isBefore(end); time = time.plus(Duration.ofMinutes(30))) {
            schedules.tick(time);
        }
        Set<LocalDate> days = new HashSet<>();
        for (Event<?> event : log.events()) {
            days.add(LocalDate.ofInstant(((BackupRequested) event.data()).fireTime(), zone));
        }
        assertThat(log.events()).hasSize(3652);
        assertThat(days).hasSize(3652);
    }

    @Test
    void a_database_without_a_schedule_is_never_due() {
        FireSchedules schedules = schedules(TestDatabases.unscheduled("shop"));
        schedules.tick(START);
        schedules.tick(START.plus(Duration.ofDays(40)));
        assertThat(log.events()).isEmpty();
        assertThat(schedules.next("shop", START)).isEmpty();
    }

    /** Fires for everything, and knows nothing of any, unless it is told otherwise. */
    private static final class TestStanding implements FireSchedules.Standing {

        private boolean fires = true;
        private boolean current = true;
        private int asked;
        private boolean paused;
        private Instant lastFired;

        @Override
        public boolean fires(String alias) {
            return fires;
        }

        @Override
        public boolean isCurrent() {
            asked++;
            return current;
        }

        @Override
        public boolean paused(String alias) {
            return paused;
        }

        @Override
        public Optional<Instant> lastFired(String alias) {
            return Optional.ofNullable(lastFired);
        }
    }

    private FireSchedules schedules(HoldfastConfig.Database... databases) {
        return new FireSchedules(List.of(databases), standing, log, "scheduler-1");
    }

    private static Set<String> ids(RecordedEvents log) {
        Set<String> ids = new HashSet<>();
        log.events().forEach(event -> ids.add(event.id()));
        return ids;
    }

    @SuppressWarnings("unchecked")
    private static Event<BackupRequested> requested(Event<?> event) {
        return (Event<BackupRequested>) event;
    }
}
