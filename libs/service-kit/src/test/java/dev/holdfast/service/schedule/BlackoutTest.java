package dev.holdfast.service.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlackoutTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "Mon-Fri 08:00-18:00, 2026-02-03T06:59:59Z, -",
        "Mon-Fri 08:00-18:00, 2026-02-03T07:00:00Z, 2026-02-03T17:00:00Z",
        "Mon-Fri 08:00-18:00, 2026-02-03T16:59:59Z, 2026-02-03T17:00:00Z",
        "Mon-Fri 08:00-18:00, 2026-02-03T17:00:00Z, -",
        "Mon-Fri 08:00-18:00, 2026-02-07T10:00:00Z, -",
        "'sat,sunday 00:00-24:00', 2026-02-07T10:00:00Z, 2026-02-07T23:00:00Z",
        "Fri-Mon 10:00-11:00, 2026-02-08T09:30:00Z, 2026-02-08T10:00:00Z",
        "Fri-Mon 10:00-11:00, 2026-02-10T09:30:00Z, -",
        "daily 23:30-01:00, 2026-02-03T23:59:00Z, 2026-02-04T00:00:00Z",
        "Mon 23:30-01:00, 2026-02-02T23:59:00Z, 2026-02-03T00:00:00Z",
        "Mon 23:30-01:00, 2026-02-03T23:59:00Z, -",
        "daily 00:00-24:00, 2026-02-03T12:00:00Z, 2026-02-03T23:00:00Z"})
    void a_window_covers_from_its_first_minute_to_before_its_last(String window, Instant moment, Instant end) {
        assertThat(Blackout.parse(window).end(moment, BERLIN).orElse(null)).isEqualTo(end);
    }

    @Test
    void a_window_whose_edge_the_clock_jumps_over_ends_when_the_clock_moves() {
        // 29 March 2026: 02:00 becomes 03:00 in Berlin.
        Blackout window = Blackout.parse("daily 01:00-02:30");

        assertThat(window.end(Instant.parse("2026-03-29T00:30:00Z"), BERLIN)).contains(Instant.parse("2026-03-29T01:30:00Z"));
        assertThat(window.end(Instant.parse("2026-03-29T01:30:00Z"), BERLIN)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'', form", "Mon 8-18, form", "Mon 08:00-08:00, empty", "Mon 08:00-25:00, clock", "Mo 08:00-09:00, day",
        "Noday 08:00-09:00, day", "'Mon, Tue 08:00-09:00', form"})
    void another_form_is_refused(String text, String why) {
        assertThatThrownBy(() -> Blackout.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
    }
}
