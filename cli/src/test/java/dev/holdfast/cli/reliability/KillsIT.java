package dev.holdfast.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A few cells of the kill matrix, each part once where it has the run in hand; {@link KillMatrixIT} plays all. */
@Timeout(1200)
class KillsIT {

    @TempDir
    private static Path folder;
    private static Installation installation;

    @BeforeAll
    static void start() {
        installation = new Installation(folder, PostgresServer.shared().createDatabase(),
                cases().stream().map(KillCase::database).toList());
    }

    @AfterAll
    static void stop() {
        if (installation != null) {
            installation.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void a_run_ends_as_the_page_says_whoever_is_struck(KillCase which) {
        assertThat(KillMatrix.play(installation, which).cell()).as("as docs/reliability.md has it").isEqualTo(ReliabilityPage.cells().get(which));
    }

    static List<KillCase> cases() {
        return KillCase.FEW;
    }
}
