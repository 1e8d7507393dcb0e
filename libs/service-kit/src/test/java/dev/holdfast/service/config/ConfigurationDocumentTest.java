package dev.holdfast.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationDocumentTest {

    @Test
    void the_documented_keys_are_the_real_ones_with_their_defaults_and_variables() throws IOException {
        List<String> documented = Files.readAllLines(document()).stream().filter(line -> line.startsWith("| `")).toList();
        assertThat(documented).as("the table of docs/configuration.md, which must hold exactly these rows")
                .containsExactlyElementsOf(ConfigKeys.all().stream().map(ConfigurationDocumentTest::row).toList());
    }

    @Test
    void the_example_is_a_valid_configuration(@TempDir Path folder) throws IOException {
        String text = Files.readString(document());
        int begin = text.indexOf("```yaml\n") + "```yaml\n".length();
        Path file = Files.writeString(folder.resolve("holdfast.yml"), text.substring(begin, text.indexOf("```", begin)));
        Files.writeString(folder.resolve("backup.asc"), "-----BEGIN PGP PUBLIC KEY BLOCK-----\n");
        HoldfastConfig config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.of(file));
        assertThat(config.databases()).containsOnlyKeys("shop");
        assertThat(config.subscriptions()).containsOnlyKeys("oncall");
    }

    /** One row of the table; the document holds exactly these. */
    static String row(ConfigKey key) {
        return "| `" + key.path() + "` | " + (key.defaultValue().isEmpty() ? "" : "`" + key.defaultValue() + "`") + " | "
                + key.accepted() + " | `" + key.environmentName() + "` | " + key.meaning() + " |";
    }

    private static Path document() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("docs/configuration.md"))) {
            at = at.getParent();
            assertThat(at).as("the folder above this module that holds docs/configuration.md").isNotNull();
        }
        return at.resolve("docs/configuration.md");
    }
}
