package dev.holdfast.cli.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class ImagesTest {

    private static final Path ROOT = Path.of("..");

    @Test
    void what_is_built_without_a_registry_has_the_versions_of_the_build() throws IOException {
        String kafka = found("pom.xml", "<kafka.version>(.*)</kafka.version>");
        String s3mock = found("pom.xml", "<s3mock.version>(.*)</s3mock.version>");
        assertThat(found("deploy/images/kafka/pom.xml", "<kafka.version>(.*)</kafka.version>")).isEqualTo(kafka);
        assertThat(found("deploy/images/s3mock/pom.xml", "<artifactId>s3mock</artifactId><version>(.*)</version>")).isEqualTo(s3mock);
        assertThat(found("docker-compose.yml", "image: apache/kafka:(.*)")).isEqualTo(kafka);
        assertThat(found("docker-compose.yml", "image: adobe/s3mock:(.*)")).isEqualTo(s3mock);
        assertThat(found("docker-compose.yml", "image: holdfast:(.*)")).isEqualTo(found("pom.xml", "<version>([0-9.]+)-SNAPSHOT</version>"));
    }

    @Test
    void every_service_runs_as_nobody_special_on_a_file_system_that_it_cannot_change() throws IOException {
        assertThat(holdfastServices()).containsOnlyKeys("scheduler", "worker-backup", "verifier", "retention", "notifier")
                .allSatisfy((name, service) -> {
                    assertThat(service).containsEntry("read_only", true).containsEntry("cap_drop", List.of("ALL")).doesNotContainKeys("user", "privileged");
                    assertThat(texts(service.get("security_opt"))).contains("no-new-privileges:true");
                });
        assertThat(Files.readString(ROOT.resolve("Dockerfile"))).containsPattern("(?m)^USER holdfast$");
    }

    @Test
    void each_service_mounts_its_own_secrets_and_nobody_elses() throws IOException {
        holdfastServices().forEach((name, service) -> assertThat(texts(service.get("volumes")).stream()
                .filter(volume -> volume.startsWith("secrets-"))).as(name)
                .containsExactly("secrets-" + name.replace("-backup", "") + ":/run/holdfast:ro"));
    }

    @Test
    void no_secret_is_written_in_what_is_handed_out() throws IOException {
        for (String file : List.of("docker-compose.yml", "Dockerfile", "deploy/compose/holdfast.yml", "deploy/compose/setup.sh",
                "deploy/compose/backup-role.sh")) {
            assertThat(Files.readString(ROOT.resolve(file))).as(file)
                    .doesNotContainPattern("(?i)(password|secret|token)[a-z_-]*[ \\t]*(=|:[ \\t])[ \\t]*[\"']?[A-Za-z0-9+]{6,}");
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> holdfastServices() throws IOException {
        Map<String, Object> compose = new Yaml().load(Files.readString(ROOT.resolve("docker-compose.yml")));
        Map<String, Map<String, Object>> services = new TreeMap<>((Map<String, Map<String, Object>>) compose.get("services"));
        services.entrySet().removeIf(entry -> !entry.getValue().get("image").equals("holdfast:0.1.0") || entry.getKey().equals("setup"));
        return services;
    }

    private static List<String> texts(Object list) {
        return ((List<?>) list).stream().map(String::valueOf).toList();
    }

    private static String found(String file, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(ROOT.resolve(file)));
        assertThat(matcher.find()).as(pattern + " in " + file).isTrue();
        return matcher.group(1).strip();
    }
}
