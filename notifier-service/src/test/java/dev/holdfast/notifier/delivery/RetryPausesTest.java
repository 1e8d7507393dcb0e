package dev.holdfast.notifier.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryPausesTest {

    private static final List<Duration> PAUSES = List.of(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2));

    @Test
    void pauses_grow_and_the_last_one_is_repeated_each_a_fifth_more_or_less_by_chance() {
        RetryPauses pauses = new RetryPauses(PAUSES, new Random(7));
        for (int tries = 1; tries <= 50; tries++) {
            long planned = PAUSES.get(Math.min(tries, 3) - 1).toMillis();
            assertThat(pauses.after(tries, Optional.empty()).toMillis()).isBetween(planned * 8 / 10, planned * 12 / 10);
        }
        assertThat(java.util.stream.Stream.generate(() -> pauses.after(1, Optional.empty())).limit(20).distinct().count()).isGreaterThan(10);
    }

    @Test
    void a_wish_makes_a_pause_longer_and_never_shorter_and_not_endless() {
        RetryPauses pauses = new RetryPauses(PAUSES, new Random(7));

        assertThat(pauses.after(1, Optional.of(Duration.ofMinutes(9)))).isEqualTo(Duration.ofMinutes(9));
        assertThat(pauses.after(3, Optional.of(Duration.ofSeconds(1)))).isGreaterThan(Duration.ofSeconds(90));
        assertThat(pauses.after(1, Optional.of(Duration.ofDays(365)))).isEqualTo(RetryPauses.LONGEST_WISH);
    }
}
