package dev.holdfast.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.TestConfigs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

    private static final String YAML = """
            kafka: {properties: {ssl.keystore.password: "tree:kafka"}}
            repositories:
              local: {path: repository}
            databases:
              shop: {user: backup, password: {env: SHOP_PASSWORD}, encryption: none}
            subscriptions:
              oncall: {url: "https://hooks.example/", secret: {file: hook.txt}}
            keys: {secret-keys: [private.asc], passphrase: {env: PASSPHRASE}}
            secrets-folder: tree
            """;
    private static final SecretReference PASSWORD = new SecretReference.FromEnvironment("SHOP_PASSWORD");

    @TempDir
    private Path folder;

    @BeforeEach
    void put_kafkas_secret_where_every_service_finds_it() throws IOException {
        Files.createDirectories(folder.resolve("tree"));
        Files.writeString(folder.resolve("tree/kafka"), "store word\n");
    }

    @Test
    void a_service_with_exactly_its_own_secrets_passes_and_reads_them() throws IOException {
        Secrets worker = secrets(ServiceRole.BACKUP, YAML, Map.of("SHOP_PASSWORD", "p a'ss"));
        worker.check();
        assertThat(worker.resolve(PASSWORD).reveal()).isEqualTo("p a'ss");
        assertThat(worker.kafkaProperties()).containsEntry("ssl.keystore.password", "store word");
        Files.writeString(folder.resolve("hook.txt"), "whsec_abc\r\n");
        assertThat(secrets(ServiceRole.NOTIFIER, YAML, Map.of())
                .resolve(new SecretReference.FromFile(folder.resolve("hook.txt"))).reveal()).isEqualTo("whsec_abc");
    }

    @Test
    void a_service_that_could_read_anothers_secret_refuses_to_start() throws IOException {
        Files.writeString(folder.resolve("private.asc"), "key");
        assertThatThrownBy(() -> secrets(ServiceRole.BACKUP, YAML,
                Map.of("SHOP_PASSWORD", "hunter2", "PASSPHRASE", "hunter3")).check())
                .isInstanceOf(InvalidConfiguration.class).hasMessageContaining("keys.passphrase")
                .hasMessageContaining("PASSPHRASE").hasMessageContaining("keys.secret-keys[0]")
                .hasMessageNotContaining("hunter");
    }

    @Test
    void evaluation_gives_up_that_boundary_but_no_service_is_handed_what_is_not_its_own() throws IOException {
        Secrets notifier = secrets(ServiceRole.NOTIFIER, YAML + "evaluation: true\n", Map.of("SHOP_PASSWORD", "hunter2"));
        Files.writeString(folder.resolve("hook.txt"), "whsec_abc");
        notifier.check();
        assertThatThrownBy(() -> notifier.resolve(PASSWORD)).isInstanceOfSatisfying(HoldfastException.class, failure -> {
            assertThat(failure.code()).isEqualTo("secret-out-of-scope");
            assertThat(failure.getMessage()).contains("SHOP_PASSWORD", "databases.shop.password").doesNotContain("hunter2");
        });
    }

    @Test
    void all_missing_secrets_of_a_role_are_named_at_once_and_others_are_not_asked_for() throws IOException {
        Files.delete(folder.resolve("tree/kafka"));
        assertThat(secrets(ServiceRole.BACKUP, YAML, Map.of("SHOP_PASSWORD", "")).problems())
                .extracting(ConfigProblem::path, ConfigProblem::message).containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("databases.shop.password", "the variable SHOP_PASSWORD is empty"),
                        org.assertj.core.groups.Tuple.tuple("kafka.properties.ssl.keystore.password",
                                "the file " + folder.resolve("tree/kafka") + " does not exist"));
    }

    @Test
    void a_missing_secret_fails_with_the_reference_and_a_next_step() {
        assertThatThrownBy(() -> secrets(ServiceRole.BACKUP, YAML, Map.of()).resolve(PASSWORD))
                .isInstanceOfSatisfying(HoldfastException.class, failure -> {
                    assertThat(failure.code()).isEqualTo("secret-unreadable");
                    assertThat(failure.getMessage()).contains("variable SHOP_PASSWORD", "is not set");
                    assertThat(failure.nextStep()).isNotBlank();
                });
    }

    private Secrets secrets(ServiceRole role, String yaml, Map<String, String> environment) {
        return new Secrets(TestConfigs.read(folder, yaml), role, environment);
    }
}
