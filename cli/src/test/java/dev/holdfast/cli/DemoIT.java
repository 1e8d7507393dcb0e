package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.NeedsNamespaces;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole of it, end to end, as a user starts it: from a line of JSON to a proven backup that stock tools restore. */
@ExtendWith(NeedsNamespaces.class)
class DemoIT {

    @TempDir
    Path folder;

    @Test
    void a_kept_demo_is_restored_by_the_commands_it_prints_and_ctrl_c_leaves_no_process() throws Exception {
        try (JavaProcess demo = JavaProcess.start(Main.class, folder, Map.of(), "demo", "--keep", "--json")) {
            await().atMost(Duration.ofMinutes(8)).until(() -> !demo.process().isAlive() || demo.err().contains("goes on running"));
            assertThat(demo.process().isAlive()).as(demo.err() + demo.out()).isTrue();
            JsonNode report = JsonMapper.builder().build().readTree(demo.out());
            Path demoFolder = Path.of(report.get("folder").asString());
            try {
                assertThat(report.get("proof").get("outcome").asString()).isEqualTo("verified");
                assertThat(report.get("webhook").get("genuine").asBoolean()).isTrue();
                restoreAsPrinted(report.get("stockTools"));
                Cli list = Cli.run(folder, Map.of(), "list", "--json", "--config", demoFolder.resolve("holdfast.yml").toString());
                assertThat(list.out()).contains(report.get("backupId").asString()).contains("\"verified\"");
            } finally {
                demo.signal("INT");
                demo.exit(60);
            }
            assertThat(JavaProcess.naming(demoFolder)).isEmpty();
            deleteAll(demoFolder);
        }
    }

    @Test
    void a_plain_demo_ends_with_0_and_leaves_neither_process_nor_folder() {
        try (JavaProcess demo = JavaProcess.start(Main.class, folder, Map.of(), "demo", "--json")) {
            assertThat(demo.exit(480)).as(demo.err() + demo.out()).isZero();
            JsonNode report = JsonMapper.builder().build().readTree(demo.out());
            assertThat(report.get("proof").get("levels").size()).isEqualTo(4);
            assertNothingLeft(Path.of(report.get("folder").asString()));
        }
    }

    @Test
    void ctrl_c_in_the_middle_of_a_demo_leaves_neither_process_nor_folder() {
        try (JavaProcess demo = JavaProcess.start(Main.class, folder, Map.of(), "demo")) {
            await().atMost(Duration.ofMinutes(2)).until(() -> !demo.process().isAlive() || demo.out().contains("webhook subscriber at"));
            Path demoFolder = Path.of(demo.out().lines().filter(line -> line.contains("everything in ")).findFirst().orElseThrow()
                    .replaceFirst(".*everything in ", ""));
            await().atMost(Duration.ofMinutes(2)).until(() -> !JavaProcess.naming(demoFolder).isEmpty());
            demo.signal("INT");
            assertThat(demo.exit(60)).as(demo.err() + demo.out()).isEqualTo(130);
            assertThat(demo.out()).contains("Stopped, and nothing is left.").doesNotContain("Done.");
            assertNothingLeft(demoFolder);
        }
    }

    private static void assertNothingLeft(Path demoFolder) {
        assertThat(demoFolder.getFileName().toString()).startsWith("holdfast-demo-");
        assertThat(demoFolder).doesNotExist();
        assertThat(JavaProcess.naming(demoFolder)).isEmpty();
    }

    private void restoreAsPrinted(JsonNode tools) throws Exception {
        List<String> lines = new ArrayList<>(List.of("set -euo pipefail"));
        tools.get("prepare").forEach(line -> lines.add(line.asString()));
        tools.get("list").forEach(line -> lines.add(line.asString()));
        tools.get("restore").forEach(line -> lines.add(line.asString()));
        String restored = tools.get("restore").get(0).asString();
        lines.add(restored.replaceFirst("createdb", "psql").replaceFirst(" (\\S+)$", " -d $1")
                + " -Atc 'SELECT count(*) FROM shop.order_line'");
        Process bash = new ProcessBuilder("bash", "-c", String.join("\n", lines)).redirectErrorStream(true).start();
        String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(printed).isZero();
        assertThat(printed.strip()).endsWith("600000");
    }

    private static void deleteAll(Path demoFolder) throws Exception {
        assertThat(demoFolder.getFileName().toString()).startsWith("holdfast-demo-");
        assertThat(new ProcessBuilder("rm", "-rf", demoFolder.toString()).start().waitFor()).isZero();
    }
}
