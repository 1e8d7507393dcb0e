package dev.holdfast.scheduler.fire;

import static org.awaitility.Awaitility.await;

import dev.holdfast.scheduler.RecordedEvents;
import dev.holdfast.scheduler.TestDatabases;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TickingTest {

    @Test
    void ticks_go_on_after_an_error_that_nobody_foresaw() {
        AtomicInteger asked = new AtomicInteger();
        FireSchedules.Standing failing = new FireSchedules.Standing() {

            @Override
            public boolean fires(String alias) {
                asked.incrementAndGet();
                throw new NoClassDefFoundError("for a test");
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
                return Optional.empty();
            }
        };
        Ticking ticking = new Ticking(new FireSchedules(List.of(TestDatabases.scheduled("shop", "* * * * *", "UTC")), failing,
                new RecordedEvents(), "scheduler-1"), Clock.systemUTC(), Duration.ofMillis(50));
        ticking.start();
        try {
            await().until(() -> asked.get() > 1);
        } finally {
            ticking.stop();
        }
    }
}
