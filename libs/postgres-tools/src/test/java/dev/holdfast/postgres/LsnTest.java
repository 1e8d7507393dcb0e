package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

    @ParameterizedTest
    @ValueSource(strings = { "0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF", "0/1000028" })
    void it_is_printed_as_it_was_read(String text) {
        assertThat(Lsn.parse(text)).hasToString(text);
    }

    @Test
    void positions_are_ordered_without_a_sign() {
        assertThat(Lsn.parse("FFFFFFFF/0")).isGreaterThan(Lsn.parse("1/0"));
        assertThat(Lsn.parse("1/10").bytesSince(Lsn.parse("0/FFFFFFF0"))).isEqualTo(0x20);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "1", "1/", "/1", "1/123456789", "x/1", "1/2/3", " 1/2" })
    void what_is_no_position_is_refused(String text) {
        assertThatThrownBy(() -> Lsn.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
