package dev.holdfast.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HoldfastConfigLoaderTest {

    private static final String MINIMAL = """
            repositories:
              local: {path: backups}
            databases:
              shop: {user: backup, encryption: none}
            """;

    private final Map<String, String> environment = new HashMap<>();

    @TempDir
    private Path folder;

    @Test
    void a_minimal_file_gets_every_documented_default() throws IOException {
        HoldfastConfig config = load(MINIMAL);
        HoldfastConfig.Database shop = config.databases().get("shop");
        assertThat(config.kafka()).isEqualTo(new HoldfastConfig.Kafka("localhost:9092", 1, 1, Map.of()));
        assertThat(config.repositories().get("local")).isEqualTo(new HoldfastConfig.Repository("local", "file",
                Optional.of(folder.resolve("backups")), Optional.empty(), 32L << 30));
        assertThat(shop).isEqualTo(new HoldfastConfig.Database("shop", "localhost", 5432, "shop", "backup",
                Optional.empty(), "prefer", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                ZoneId.of("UTC"), List.of("local"), new HoldfastConfig.Encryption(true, List.of()),
                new HoldfastConfig.Keep(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                        Optional.empty(), Optional.empty(), 2),
                new HoldfastConfig.Verify("every", "equal", List.of()), Duration.ofSeconds(60), Duration.ofHours(12)));
        assertThat(config.subscriptions()).isEmpty();
        assertThat(config.worker()).isEqualTo(new HoldfastConfig.Worker(2, Duration.ofSeconds(10), List.of()));
        assertThat(config.verifier()).isEqualTo(new HoldfastConfig.Verifier(1, Path.of("/var/lib/holdfast/scratch"),
                Optional.empty(), Duration.ofHours(1), List.of()));
        assertThat(config.retention()).isEqualTo(new HoldfastConfig.Retention(Duration.ofHours(1), true));
        assertThat(config.scheduler()).isEqualTo(new HoldfastConfig.Scheduler("127.0.0.1", 8600));
        assertThat(config.keys()).isEqualTo(new HoldfastConfig.Keys(List.of(), Optional.empty()));
        assertThat(config.evaluation()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "a:9092,b", "a:9092,", ":9092", "a:0", "a:65536", "a:port", "http://a"})
    void brokers_without_a_host_or_a_port_are_a_mistake(String brokers) {
        assertThatThrownBy(() -> load("kafka: {bootstrap-servers: '" + brokers + "'}\n" + MINIMAL))
                .isInstanceOfSatisfying(InvalidConfiguration.class, invalid -> assertThat(invalid.problems()).singleElement()
                        .satisfies(problem -> {
                            assertThat(problem.path()).isEqualTo("kafka.bootstrap-servers");
                            assertThat(problem.accepted()).startsWith("host:port");
                        }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:9092", "a:1, b.example:65535", "[::1]:9092"})
    void brokers_with_host_and_port_are_taken_as_they_are(String brokers) throws IOException {
        assertThat(load("kafka: {bootstrap-servers: '" + brokers + "'}\n" + MINIMAL).kafka().bootstrapServers()).isEqualTo(brokers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 25 * * *", "0 2 * *", "@never"})
    void a_bad_schedule_is_told_with_what_is_accepted_once(String cron) {
        assertThatThrownBy(() -> load(MINIMAL.replace("none}", "none, schedule: '" + cron + "'}")))
                .isInstanceOfSatisfying(InvalidConfiguration.class, invalid -> {
                    assertThat(invalid.getMessage()).containsOnlyOnce("accepted");
                    assertThat(invalid.problems().getFirst().accepted()).isNotBlank();
                });
    }

    @Test
    void every_key_reaches_its_place_and_relative_paths_start_at_the_file() throws IOException {
        FullConfiguration.keys(folder);
        HoldfastConfig config = load(FullConfiguration.YAML);
        assertThat(config).isEqualTo(FullConfiguration.expected(folder));
    }

    @Test
    void a_token_written_out_instead_of_its_hash_is_a_mistake_and_not_repeated() {
        String good = "ab".repeat(32);
        String tokens = "scheduler: {tokens: [{name: ci, sha256: hft_very-secret}, {name: ci, sha256: '" + good + "'}, {name: \"c\\e[2J\", sha256: '"
                + good + "', access: write}]}\n";
        assertThatThrownBy(() -> load(tokens + MINIMAL)).isInstanceOfSatisfying(InvalidConfiguration.class, invalid -> {
            assertThat(invalid.problems()).extracting(ConfigProblem::path).containsExactlyInAnyOrder("scheduler.tokens[0].sha256",
                    "scheduler.tokens[1].name", "scheduler.tokens[2].name", "scheduler.tokens[2].access");
            assertThat(invalid.getMessage()).doesNotContain("very-secret");
        });
    }

    @Test
    void the_same_as_variables_gives_the_same_and_needs_no_file() {
        environment.putAll(FullConfiguration.VARIABLES);
        FullConfiguration.keys(folder);
        assertThat(loader().load(Optional.empty())).isEqualTo(FullConfiguration.expected(folder));
    }

    @Test
    void a_variable_wins_over_the_file_and_finds_names_with_dashes() throws IOException {
        environment.put("HOLDFAST_DATABASES_MYSHOP_HOST", "db.internal");
        environment.put("HOLDFAST_DATABASES_MYSHOP_KEEP_AGE", "P3D");
        HoldfastConfig config = load(MINIMAL.replace("shop:", "my-shop:"));
        assertThat(config.databases()).containsOnlyKeys("my-shop");
        assertThat(config.databases().get("my-shop").host()).isEqualTo("db.internal");
        assertThat(config.databases().get("my-shop").keep().age()).contains(Duration.ofDays(3));
    }

    @Test
    void a_variable_that_could_mean_two_names_or_no_key_is_a_mistake() throws IOException {
        environment.put("HOLDFAST_DATABASES_MYSHOP_HOST", "db.internal");
        environment.put("HOLDFAST_DATABASES_MYSHOP_HOTS", "db.internal");
        List<ConfigProblem> problems = problems(MINIMAL.replace("  shop:", "  my-shop: {user: a, encryption: none}\n  myshop:"));
        assertThat(problems).extracting(ConfigProblem::path)
                .containsExactlyInAnyOrder("HOLDFAST_DATABASES_MYSHOP_HOST", "HOLDFAST_DATABASES_MYSHOP_HOTS");
    }

    @Test
    void every_mistake_is_reported_at_once_with_path_line_and_what_is_accepted() throws IOException {
        List<ConfigProblem> problems = problems("""
                kafka: {bootstrap-server: a}
                repositories:
                  local: {type: tape}
                databases:
                  shop:
                    port: many
                    schedule: "61 2 * * *"
                    zone: Europe/Berln
                    keep: {age: 30 days}
                    repositories: [locl]
                  Shop: {user: a, encryption: none}
                subscriptions:
                  oncall: {url: "ftp://host/", secret: hunter2-literal}
                """);
        assertThat(problems).extracting(ConfigProblem::path).containsExactlyInAnyOrder("kafka.bootstrap-server",
                "repositories.local.type", "databases.shop.port", "databases.shop.schedule", "databases.shop.zone",
                "databases.shop.keep.age", "databases.shop.repositories", "databases.shop.user",
                "databases.shop.encryption", "databases.Shop", "subscriptions.oncall.url", "subscriptions.oncall.secret",
                "repositories.local.path");
        assertThat(problems).allSatisfy(problem -> assertThat(problem.accepted()).as(problem.path()).isNotBlank());
        assertThat(find(problems, "kafka.bootstrap-server")).satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(1);
            assertThat(problem.message()).contains("did you mean 'bootstrap-servers'?");
        });
        assertThat(find(problems, "databases.shop.zone").message()).contains("did you mean 'Europe/Berlin'?");
        assertThat(find(problems, "databases.shop.repositories").message()).contains("did you mean 'local'?");
        assertThat(find(problems, "databases.shop.port").line()).isEqualTo(6);
        assertThat(find(problems, "databases.shop.schedule").message()).contains("minute");
        assertThat(problems.toString()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            port                  | port: [1]                                     | is a list
            port                  | port: 0                                       | out of range
            host                  | host: {name: a}                               | is a mapping
            keep.daily            | keep: {daily: -1}                             | out of range
            keep.age              | keep: {age: 0d}                               | not more than nothing
            keep                  | keep: 30d                                     | is a single value
            verify.level          | verify: {level: equals}                       | did you mean 'equal'?
            verify.assertions     | verify: {assertions: x}                       | is a single value
            verify.assertions[0].sql | verify: {assertions: [{name: x}]}          | is missing
            password              | password: {env: A, file: b}                   | more than one place
            password.envv         | password: {envv: A}                           | did you mean 'env'?
            ssl-mode              | ssl-mode: full                                | is none of them
            schedule              | schedule: "0 2 31 2 *"                        | 31
            encryption            | encryption: off                               | neither recipients nor none
            encryption.recipients | encryption: {recipients: [absent.asc]}        | is not there
            deadline              | deadline: soon                                | is no duration
            """)
    void a_wrong_value_of_a_database_names_its_path_and_the_reason(String path, String line, String message)
            throws IOException {
        String other = line.startsWith("encryption") ? "" : "encryption: none, ";
        List<ConfigProblem> problems = problems(MINIMAL.replace("encryption: none", other + line).replace(", }", "}"));
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.path()).isEqualTo("databases.shop." + path);
            assertThat(problem.message()).contains(message);
            assertThat(problem.line()).isBetween(path.startsWith("encryption.") ? 0 : 4, 4);
        });
    }

    @Test
    void two_databases_of_one_alias_are_a_mistake() throws IOException {
        assertThat(problems(MINIMAL + "  shop: {user: other, encryption: none}\n")).singleElement().satisfies(problem -> {
            assertThat(problem.path()).isEqualTo("databases.shop");
            assertThat(problem.message()).contains("twice", "line 4");
            assertThat(problem.line()).isEqualTo(5);
        });
    }

    @Test
    void a_private_key_among_the_recipients_is_refused() throws IOException {
        Files.writeString(folder.resolve("key.asc"), "-----BEGIN PGP PRIVATE KEY BLOCK-----\n");
        assertThat(problems(MINIMAL.replace("none", "{recipients: [key.asc]}"))).singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("private key"));
    }

    @Test
    void keys_of_the_other_repository_type_and_half_a_credential_are_mistakes() throws IOException {
        assertThat(problems(MINIMAL.replace("local: {path: backups}",
                "local: {path: backups, bucket: b}\n  cloud: {type: s3, bucket: b, access-key: {env: A}, endpoint: 'minio:9000'}")))
                .extracting(ConfigProblem::path).containsExactlyInAnyOrder("repositories.local.bucket",
                        "repositories.cloud.secret-key", "repositories.cloud.endpoint");
    }

    @Test
    void a_secret_among_kafkas_properties_must_be_a_reference() throws IOException {
        List<ConfigProblem> problems = problems("kafka: {properties: {ssl.truststore.password: hunter2, "
                + "sasl.jaas.config: 'env:JAAS', security.protocol: SASL_SSL}}\n" + MINIMAL);
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.path()).isEqualTo("kafka.properties.ssl.truststore.password");
            assertThat(problem.toString()).doesNotContain("hunter2");
        });
    }

    @Test
    void the_classic_variables_describe_one_database_daily_at_two_kept_for_thirty_days() {
        environment.putAll(Map.of("DB_NAME", "Web Shop", "DB_USER", "me", "DB_PASSWORD", "s3cret", "DB_HOST", "db",
                "DB_PORT", "5433", "BACKUP_DIR", "/srv/backups", "S3_BUCKET", "bucket",
                "BACKUP_NOTIFICATION_WEBHOOK", "https://hooks.example/x", "BACKUP_NOTIFICATION_SECRET", "whsec_x"));
        HoldfastConfig config = loader().load(Optional.empty());
        HoldfastConfig.Database database = config.databases().get("web-shop");
        assertThat(config.databases()).containsOnlyKeys("web-shop");
        assertThat(database.name()).isEqualTo("Web Shop");
        assertThat(database.port()).isEqualTo(5433);
        assertThat(database.password()).contains(new SecretReference.FromEnvironment("DB_PASSWORD"));
        assertThat(database.cron()).contains("0 2 * * *");
        assertThat(database.keep().age()).contains(Duration.ofDays(30));
        assertThat(database.encryption().none()).isTrue();
        assertThat(config.repositories().get("local").path()).contains(Path.of("/srv/backups"));
        assertThat(config.repositories().get("s3").s3().orElseThrow().bucket()).isEqualTo("bucket");
        assertThat(config.subscriptions().get("classic").url().orElseThrow()).hasHost("hooks.example");
        assertThat(config.toString()).doesNotContain("s3cret").doesNotContain("whsec_x");
    }

    @Test
    void a_wrong_number_of_classic_retention_days_is_a_mistake() {
        environment.putAll(Map.of("DB_NAME", "shop", "RETENTION_DAYS", "a month"));
        assertThat(catchThrowableOfType(InvalidConfiguration.class, () -> loader().load(Optional.empty())).problems())
                .singleElement().satisfies(problem -> assertThat(problem.path()).isEqualTo("RETENTION_DAYS"));
    }

    @Test
    void nothing_at_all_says_that_databases_and_repositories_are_missing() {
        assertThatThrownBy(() -> loader().load(Optional.empty())).isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("no holdfast.yml was found").hasMessageContaining("databases")
                .hasMessageContaining("repositories");
    }

    @ParameterizedTest
    @ValueSource(strings = {"databases: [", "just words", "databases: {shop: {schedule: * * * * *}}"})
    void what_is_no_yaml_or_no_mapping_is_told_with_its_line(String content) throws IOException {
        assertThat(problems(content)).first().satisfies(problem -> assertThat(problem.line()).isPositive());
    }

    @Test
    void the_file_is_found_by_option_then_variable_then_folder() throws IOException {
        Path option = Files.writeString(folder.resolve("option.yml"), MINIMAL);
        Path variable = Files.writeString(folder.resolve("variable.yml"), MINIMAL);
        Path here = Files.writeString(folder.resolve("holdfast.yml"), MINIMAL);
        assertThat(loader().find(Optional.empty())).contains(here);
        environment.put("HOLDFAST_CONFIG", variable.toString());
        assertThat(loader().find(Optional.empty())).contains(variable);
        assertThat(loader().find(Optional.of(option))).contains(option);
    }

    @Test
    void a_named_file_that_is_not_there_is_never_replaced_by_another() throws IOException {
        Files.writeString(folder.resolve("holdfast.yml"), MINIMAL);
        assertThatThrownBy(() -> loader().load(Optional.of(folder.resolve("other.yml"))))
                .isInstanceOf(InvalidConfiguration.class).hasMessageContaining("other.yml");
    }

    private HoldfastConfigLoader loader() {
        return new HoldfastConfigLoader(environment, folder);
    }

    private HoldfastConfig load(String yaml) throws IOException {
        Files.writeString(folder.resolve("holdfast.yml"), yaml);
        return loader().load(Optional.empty());
    }

    private List<ConfigProblem> problems(String yaml) throws IOException {
        Files.writeString(folder.resolve("holdfast.yml"), yaml);
        return catchThrowableOfType(InvalidConfiguration.class, () -> loader().load(Optional.empty())).problems();
    }

    private static ConfigProblem find(List<ConfigProblem> problems, String path) {
        return problems.stream().filter(problem -> problem.path().equals(path)).findFirst().orElseThrow();
    }
}
