package dev.holdfast.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.repository.BackupId;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.scheduler.fire.FireSchedules;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventPublisher;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A hundred thousand databases' schedules, loaded and ticking on two schedulers that share them out. */
class ManyDatabasesTest {

    private static final int DATABASES = 100_000;
    private static final Instant START = Instant.parse("2026-02-03T00:00:00Z");

    private final Map<String, Integer> asked = new HashMap<>();
    private final Catalog catalog = new Catalog(alias -> "equal");

    @Test
    void a_hundred_thousand_databases_are_each_asked_for_once_a_day_over_a_takeover_by_the_other_scheduler() {
        List<HoldfastConfig.Database> databases = IntStream.range(0, DATABASES).mapToObj(i -> TestDatabases.scheduled("db-" + i,
                i % 60 + " " + i / 60 % 24 + " * * *", i % 2 == 0 ? "UTC" : "Europe/Berlin")).toList();
        boolean[] firstIsAlive = {true};
        FireSchedules first = scheduler(databases, i -> firstIsAlive[0] && i % 2 == 0);
        FireSchedules second = scheduler(databases, i -> !firstIsAlive[0] || i % 2 == 1);
        for (Instant now = START; now.isBefore(START.plus(Duration.ofHours(24))); now = now.plusSeconds(600)) {
            if (now.equals(START.plus(Duration.ofHours(10)))) {
                firstIsAlive[0] = false;
            }
            first.tick(now);
            second.tick(now);
        }
        // A day of ticks every ten minutes: one fire time each, but for those whose minute is the first tick's or the last's.
        assertThat(asked.values().stream().filter(times -> times > 1)).isEmpty();
        assertThat(asked.size()).isBetween(DATABASES - DATABASES / 50, DATABASES);
    }

    private FireSchedules scheduler(List<HoldfastConfig.Database> databases, IntPredicate owns) {
        return new FireSchedules(databases, new FireSchedules.Standing() {

            @Override
            public boolean fires(String alias) {
                return owns.test(Integer.parseInt(alias.substring(3)));
            }

            @Override
            public boolean isCurrent() {
                return true;
            }

            @Override
            public boolean paused(String alias) {
                return false;
            }

            @Override
            public Optional<Instant> lastFired(String alias) {
                return catalog.lastFired(alias, "dump");
            }
        }, new AcceptedAtOnce(), "scheduler");
    }

    /** What was asked for is accepted and in every scheduler's view. */
    private final class AcceptedAtOnce implements EventPublisher {

        @Override
        public void publish(String topic, Event<? extends Payload> event) {
            BackupRequested request = (BackupRequested) event.data();
            asked.merge(request.database(), 1, Integer::sum);
            String id = BackupId.scheduled(request.database(), "dump", request.fireTime()).toString();
            catalog.apply(Event.of("/holdfast/scheduler-service", event.time(),
                    new BackupAccepted(request.database(), "dump", id, request.fireTime(), "scheduler")));
        }

        @Override
        public void publishUnconfirmed(String topic, Event<? extends Payload> event) {
            throw new UnsupportedOperationException("schedules do not beat");
        }
    }
}
