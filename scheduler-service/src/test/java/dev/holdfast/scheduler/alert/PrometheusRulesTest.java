package dev.holdfast.scheduler.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Runs the tests of the alerting rules: each fires, does not fire and resolves. */
class PrometheusRulesTest {

    private static final String RULES = "deploy/prometheus/holdfast-alerts.yml";
    private static final String TESTS = "deploy/prometheus/holdfast-alerts.test.yml";

    @Test
    void each_rule_fires_when_it_should_and_resolves() throws IOException, InterruptedException {
        assumeTrue(Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
                "promtool is not installed, which tests the alerting rules");
        Process promtool = new ProcessBuilder("promtool", "test", "rules", ProjectFolder.at(TESTS).toString()).redirectErrorStream(true).start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(said).isZero();
    }

    @Test
    void every_rule_has_a_test_in_which_it_fires_and_one_in_which_it_does_not() throws IOException {
        Set<String> rules = found("- alert: (\\w+)", RULES);
        assertThat(rules).hasSizeGreaterThanOrEqualTo(12);
        assertThat(found("alertname: (\\w+)\\n\\s+exp_alerts:\\n", TESTS)).as("rules that a test shows firing").isEqualTo(rules);
        assertThat(found("alertname: (\\w+), exp_alerts: \\[]", TESTS)).as("rules that a test shows silent").isEqualTo(rules);
    }

    private static Set<String> found(String pattern, String file) throws IOException {
        Set<String> names = new TreeSet<>();
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(ProjectFolder.at(file)));
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }
}
