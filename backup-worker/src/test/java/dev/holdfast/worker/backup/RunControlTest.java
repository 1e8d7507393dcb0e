package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.SettableClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RunControlTest {

    private static final Instant NOW = Instant.parse("2026-02-03T02:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    @Test
    void a_deadline_centuries_away_leaves_a_time_that_can_be_waited_for() {
        assertThat(new RunControl(Instant.parse("9999-12-31T23:59:59Z"), CLOCK).remaining().toNanos()).isPositive();
        assertThat(new RunControl(Instant.MAX, CLOCK).remaining().toNanos()).isPositive();
    }

    @Test
    void what_remains_is_exact_for_any_deadline_in_use_and_never_negative() {
        assertThat(new RunControl(NOW.plusSeconds(90), CLOCK, () -> 0).remaining()).isEqualTo(Duration.ofSeconds(90));
        assertThat(new RunControl(NOW.minusSeconds(90), CLOCK, () -> 0).remaining()).isZero();
    }

    @Test
    void a_clock_that_jumps_an_hour_either_way_neither_ends_a_run_early_nor_lets_it_go_on_past_its_time() {
        SettableClock clock = SettableClock.at(NOW.toString());
        AtomicLong nanos = new AtomicLong(-5);
        RunControl control = new RunControl(NOW.plus(Duration.ofMinutes(30)), clock, nanos::get);
        clock.advance(Duration.ofHours(1));
        control.cancelIfOverdue();
        assertThat(control.isCancelled()).isFalse();
        assertThat(control.remaining()).isEqualTo(Duration.ofMinutes(30));
        clock.set(NOW.minus(Duration.ofHours(1)));
        nanos.addAndGet(Duration.ofMinutes(29).toNanos());
        control.cancelIfOverdue();
        assertThat(control.isCancelled()).isFalse();
        nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        control.cancelIfOverdue();
        assertThat(control.isCancelled()).isTrue();
        assertThat(control.remaining()).isZero();
    }
}
