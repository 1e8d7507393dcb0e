package dev.holdfast.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.holdfast.testkit.NeedsNamespaces;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A few cells of the kill matrix, each part once where it has the run in hand; {@link KillMatrixIT} plays all. */
@Timeout(1200)
@ExtendWith(NeedsNamespaces.class)
class KillsIT {

    @RegisterExtension
    static final KillMatrix MATRIX = new KillMatrix(cases());

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void a_run_ends_as_the_page_says_whoever_is_struck(KillCase which) {
        Outcome outcome = MATRIX.play(which);
        assumeThat(outcome).as("the step was over before each blow").isNotEqualTo(Outcome.TOO_LATE);
        assertThat(outcome).as("as docs/reliability.md has it").isEqualTo(ReliabilityPage.cells().get(which).outcome());
    }

    static List<KillCase> cases() {
        return KillCase.FEW;
    }
}
