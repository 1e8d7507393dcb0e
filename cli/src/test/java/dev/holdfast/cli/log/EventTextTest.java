package dev.holdfast.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AlertRaised;
import org.junit.jupiter.api.Test;

class EventTextTest {

    @Test
    void what_could_steer_a_terminal_or_begin_a_line_of_its_own_is_not_shown() {
        String text = EventText.of(new AlertRaised("shop", "dead-letter", "warning", "a\u001b[2J\u009b31mb",
                "one\r\ntwo\u202ethree", "\u00fc \u4e2d \ud83d\udc18"));
        assertThat(text).isEqualTo("warning dead-letter about a?[2J?31mb: one??two?three  Next: \u00fc \u4e2d \ud83d\udc18");
    }
}
