package dev.holdfast.scheduler.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds docs/alerts.md and docs/metrics.md to the code, and the alerting rules to the metrics that exist. */
class DocumentsTest {

    private static final Pattern REGISTERED = Pattern.compile(
            "(Gauge\\.builder|Counter\\.builder|Timer\\.builder|\\.counter|\\.timer|\\bshow)\\(\\s*\"((?:backup|holdfast)\\.[a-z.]+)\"");
    private static final Pattern USED = Pattern.compile("\\b(?:backup|holdfast)_[a-z_]+");

    @Test
    void every_alert_that_lasts_is_documented_with_its_severity_and_what_to_do() throws IOException {
        String document = Files.readString(ProjectFolder.at("docs/alerts.md"));
        List<String[]> rows = document.substring(document.indexOf("## Alerts that last"), document.indexOf("## Single happenings")).lines()
                .filter(line -> line.startsWith("| `")).map(line -> line.split(" \\| ")).toList();
        assertThat(rows).extracting(row -> row[0].replaceAll("[| `]", ""))
                .containsExactlyElementsOf(Stream.of(AlertName.values()).map(AlertName::text).toList());
        for (int i = 0; i < rows.size(); i++) {
            AlertName name = AlertName.values()[i];
            assertThat(rows.get(i)[1]).as(name.text()).startsWith(name.severity());
            assertThat(rows.get(i)[3].toLowerCase(java.util.Locale.ROOT)).as(name.text()).contains(name.nextStep().toLowerCase(java.util.Locale.ROOT));
        }
    }

    @Test
    void the_metrics_that_are_documented_are_those_that_are_registered() throws IOException {
        assertThat(documented()).isEqualTo(registered());
    }

    @Test
    void the_alerting_rules_and_their_tests_use_no_metric_that_does_not_exist() throws IOException {
        for (String file : List.of("deploy/prometheus/holdfast-alerts.yml", "deploy/prometheus/holdfast-alerts.test.yml")) {
            Set<String> used = new TreeSet<>();
            Matcher matcher = USED.matcher(Files.readString(ProjectFolder.at(file)));
            while (matcher.find()) {
                used.add(matcher.group());
            }
            assertThat(used).as(file).isNotEmpty();
            assertThat(registered()).as("metrics that exist, used in " + file).containsAll(used);
        }
    }

    private static Set<String> documented() throws IOException {
        Set<String> names = new TreeSet<>();
        Files.readAllLines(ProjectFolder.at("docs/metrics.md")).stream().filter(line -> line.startsWith("| `"))
                .forEach(line -> names.add(line.substring(3, line.indexOf('`', 3))));
        return names;
    }

    /** As Prometheus shows them. */
    private static Set<String> registered() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(ProjectFolder.at(""))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java") && path.toString().contains("/src/main/java/")).toList()) {
                Matcher matcher = REGISTERED.matcher(Files.readString(file));
                while (matcher.find()) {
                    String name = matcher.group(2).replace('.', '_');
                    names.add(switch (matcher.group(1)) {
                        case "Counter.builder", ".counter" -> name + "_total";
                        case "Timer.builder", ".timer" -> name + "_seconds";
                        default -> name;
                    });
                }
            }
        }
        return names;
    }
}
