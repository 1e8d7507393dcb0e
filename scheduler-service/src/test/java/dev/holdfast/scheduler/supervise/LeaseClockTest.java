package dev.holdfast.scheduler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.Topics;
import dev.holdfast.service.messaging.LogPosition;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseClockTest {

    private static final Instant START = Instant.parse("2026-02-03T02:00:00Z");

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 12, 60, 600})
    void an_outage_of_the_broker_is_shorter_than_any_lease(int lease) {
        SupervisedRuns runs = new SupervisedRuns(Duration.ofSeconds(lease));
        runs.clock().advance(new LogPosition(Topics.PROGRESS, 0, 0, START, null));
        runs.clock().advance(new LogPosition(Topics.PROGRESS, 0, 1, START.plus(Duration.ofMinutes(10)), null));

        assertThat(runs.clock().elapsed()).isPositive().isLessThan(Duration.ofSeconds(lease).toMillis());
    }
}
