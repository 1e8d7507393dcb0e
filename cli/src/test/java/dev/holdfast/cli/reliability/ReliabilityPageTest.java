package dev.holdfast.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReliabilityPageTest {

    @Test
    void the_page_is_what_the_matrix_writes() {
        assertThat(ReliabilityPage.read()).isEqualTo(ReliabilityPage.text(ReliabilityPage.cells()));
    }

    @Test
    void every_outcome_says_when_and_of_which_commit_and_the_default_run_s_finished_once() {
        assertThat(ReliabilityPage.cells().values()).allSatisfy(played -> assertThat(played.when())
                .matches("\\d{4}-\\d\\d-\\d\\d, commit [0-9a-f]{7,40}"));
        for (KillCase which : KillCase.FEW) {
            assertThat(KillCase.all()).contains(which);
            assertThat(ReliabilityPage.cells()).as(which.toString()).containsKey(which);
            assertThat(ReliabilityPage.cells().get(which).outcome()).as(which.toString()).isEqualTo(Outcome.FINISHED_ONCE);
        }
    }

    @Test
    void a_run_that_is_cancelled_leaves_no_backup_and_no_other_run_does_so() {
        ReliabilityPage.cells().forEach((which, played) -> assertThat(played.outcome() == Outcome.CANCELLED).as(which.toString())
                .isEqualTo(which.step() == RunStep.CANCELLING && played.outcome() != Outcome.TOO_LATE));
    }

    @Test
    void every_test_that_the_page_names_is_there() throws IOException {
        for (Hardship hardship : Hardship.ALL) {
            for (String name : hardship.tests()) {
                assertThat(name).matches("[a-z-]+: \\w+#\\w+");
                String[] parts = name.split(": |#");
                assertThat(sources(parts[0], parts[1])).as(name).singleElement()
                        .satisfies(source -> assertThat(Files.readString(source)).contains("void " + parts[2] + "("));
            }
        }
    }

    private static List<Path> sources(String module, String type) throws IOException {
        Path root = Path.of("..");
        Path folder = Files.isDirectory(root.resolve(module)) ? root.resolve(module) : root.resolve("libs").resolve(module);
        try (Stream<Path> files = Files.walk(folder.resolve("src").resolve("test"))) {
            return files.filter(file -> file.getFileName().toString().equals(type + ".java")).toList();
        }
    }
}
