package dev.holdfast.scheduler.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailedTriesTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10);
    private final FailedTries tries = new FailedTries(nanos::get);

    @Test
    void tries_are_counted_by_address_and_forgotten_after_a_minute() {
        assertThat(tries.count("a")).isEqualTo(1);
        assertThat(tries.count("a")).isEqualTo(2);
        assertThat(tries.count("b")).isEqualTo(1);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(59));
        assertThat(tries.count("a")).isEqualTo(3);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        assertThat(tries.count("a")).isEqualTo(1);
    }

    @Test
    void many_addresses_do_not_fill_the_memory() {
        tries.count("first");
        for (int i = 0; i < 2_000; i++) {
            tries.count("address " + i);
        }
        assertThat(tries.count("first")).as("forgotten").isEqualTo(1);
        assertThat(tries.count("address 1999")).isEqualTo(2);
    }
}
