package dev.holdfast.scheduler.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.failure.HoldfastException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalBindTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
    void the_machines_own_addresses_are_accepted(String bind) {
        assertThat(LocalBind.address(bind).isLoopbackAddress()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.1.2.3", "", "192.168.1.1", "256.1.1.1"})
    void an_address_that_others_can_reach_is_refused_with_the_way_out(String bind) {
        assertThatThrownBy(() -> LocalBind.address(bind)).isInstanceOfSatisfying(HoldfastException.class, e -> {
            assertThat(e.code()).isEqualTo("bind-not-local");
            assertThat(e.getMessage()).contains("scheduler.bind '" + bind + "'");
            assertThat(e.nextStep()).contains("127.0.0.1");
        });
    }
}
