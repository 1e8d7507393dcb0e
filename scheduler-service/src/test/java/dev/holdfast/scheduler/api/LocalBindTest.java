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
        assertThat(LocalBind.address(bind, false).isLoopbackAddress()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.1.2.3", "", "192.168.1.1", "256.1.1.1"})
    void an_address_that_others_can_reach_is_refused_with_the_way_out(String bind) {
        assertThatThrownBy(() -> LocalBind.address(bind, false)).isInstanceOfSatisfying(HoldfastException.class, e -> {
            assertThat(e.code()).isEqualTo("bind-not-local");
            assertThat(e.getMessage()).contains("scheduler.bind '" + bind + "'");
            assertThat(e.nextStep()).contains("127.0.0.1");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.1.2.3"})
    void with_tokens_it_may_listen_where_others_reach_it(String bind) {
        assertThat(LocalBind.address(bind, true).isLoopbackAddress()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "256.1.1.1"})
    void what_is_no_address_is_refused_with_tokens_too(String bind) {
        assertThatThrownBy(() -> LocalBind.address(bind, true)).isInstanceOf(HoldfastException.class);
    }
}
