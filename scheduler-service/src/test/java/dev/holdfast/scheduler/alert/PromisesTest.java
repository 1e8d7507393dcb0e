package dev.holdfast.scheduler.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.scheduler.TestDatabases;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromisesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 * * * *     | UTC           | PT3H
            0 2 * * *     | UTC           | PT26H
            0 2 * * *     | Europe/Berlin | PT27H
            0 2 * * 1-5   | UTC           | PT74H
            0 2 1 * *     | UTC           | PT746H
            * 9-17 * * 1-5 | UTC          | PT65H1M
            @yearly       | UTC           | PT8786H
            """)
    void without_an_rpo_it_is_the_longest_gap_of_the_schedule_and_two_hours(String cron, String zone, Duration rpo) {
        assertThat(Promises.rpo(TestDatabases.scheduled("shop", cron, zone))).contains(rpo);
    }

    @Test
    void without_a_schedule_nothing_is_promised() {
        assertThat(Promises.rpo(TestDatabases.unscheduled("shop"))).isEmpty();
    }
}
