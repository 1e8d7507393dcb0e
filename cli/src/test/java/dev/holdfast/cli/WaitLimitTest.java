package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cli.output.Console;
import dev.holdfast.failure.HoldfastException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WaitLimitTest {

    private final FollowRun following = FollowRun.ofBackupUntilProven(
            new Console(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false, false, false),
            "shop", "request-1", "equal");

    @Test
    void without_a_limit_waiting_goes_on() {
        assertThat(new WaitLimit(null).check(following, "shop")).isTrue();
    }

    @Test
    void a_limit_that_is_over_is_a_failure_that_says_what_was_heard_and_where_to_look() {
        WaitLimit limit = new WaitLimit(Duration.ofNanos(1));
        assertThatThrownBy(() -> limit.check(following, "shop")).isInstanceOfSatisfying(HoldfastException.class, failure -> {
            assertThat(failure.code()).isEqualTo("wait-timed-out");
            assertThat(ExitCode.of(failure)).isEqualTo(ExitCode.FAILED);
            assertThat(failure.getMessage()).contains("the proof of 'shop'").contains("request-1").contains("nothing was heard");
            assertThat(failure.nextStep()).contains("holdfast events shop").contains("check that the services run");
        });
    }
}
