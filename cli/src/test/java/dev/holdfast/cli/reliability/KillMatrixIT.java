package dev.holdfast.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.NeedsNamespaces;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole kill matrix, about 25 seconds for each cell, and its outcomes into docs/reliability.md.
 * {@code -Dholdfast.matrix=REGEX} plays the cells whose alias matches, such as {@code dump-.*} or {@code .*-broker-sigkill}.
 */
@Tag("slow")
@Timeout(1200)
@ExtendWith(NeedsNamespaces.class)
class KillMatrixIT {

    @RegisterExtension
    static final KillMatrix MATRIX = new KillMatrix(cases());

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void a_run_finishes_once_whoever_is_struck(KillCase which) {
        ReliabilityPage.forget(which); // what fails now leaves no outcome of an older day
        Outcome outcome = MATRIX.play(which);
        ReliabilityPage.rewrite(which, Played.now(outcome));
        assertThat(outcome).as("no fault in the matrix may cost a backup")
                .isEqualTo(which.step() == RunStep.CANCELLING ? Outcome.CANCELLED : Outcome.FINISHED_ONCE);
    }

    static List<KillCase> cases() {
        Pattern wanted = Pattern.compile(System.getProperty("holdfast.matrix", ".*"));
        return KillCase.all().stream().filter(which -> wanted.matcher(which.database()).matches()).toList();
    }
}
