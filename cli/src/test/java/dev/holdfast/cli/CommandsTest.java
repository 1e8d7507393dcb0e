package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CommandsTest {

    private static final String GOOD = """
            repositories: {local: {path: repository}}
            databases:
              shop: {user: postgres, encryption: none}
            """;

    @TempDir
    Path folder;

    @Test
    void no_command_and_an_unknown_option_are_usage_errors_that_name_the_next_step() {
        assertThat(Cli.run(folder, Map.of()).exit()).isEqualTo(2);
        Cli unknown = Cli.run(folder, Map.of(), "list", "--colour");
        assertThat(unknown.exit()).isEqualTo(2);
        assertThat(unknown.err()).contains("--colour").contains("next: holdfast list --help");
    }

    @Test
    void every_mistake_in_the_configuration_is_told_with_its_path_and_what_is_accepted() throws Exception {
        write(GOOD + "databses: {}\nworker: {slots: many}\n");
        Cli check = Cli.run(folder, Map.of(), "config", "check");
        assertThat(check.exit()).isEqualTo(2);
        assertThat(check.err()).contains("databses").contains("line 5    worker.slots").contains("\n            accepted: a number from 1 to 256\n")
                .contains("next: ").doesNotContain("\tat ");
    }

    @Test
    void the_same_mistakes_are_one_json_document() throws Exception {
        write(GOOD + "worker: {slots: many}\n");
        Cli check = Cli.run(folder, Map.of(), "config", "check", "--json");
        JsonNode error = json(check.out()).get("error");
        assertThat(error.get("code").asString()).isEqualTo("configuration-invalid");
        assertThat(error.get("problems").get(0).get("path").asString()).isEqualTo("worker.slots");
    }

    @Test
    void a_right_configuration_is_summed_up_with_what_is_better_known_beforehand() throws Exception {
        write(GOOD);
        Cli check = Cli.run(folder, Map.of(), "config", "check", "--json");
        assertThat(check.exit()).isZero();
        JsonNode checked = json(check.out());
        assertThat(checked.get("databases").get(0).asString()).isEqualTo("shop");
        assertThat(checked.get("notes").toString()).contains("immutability").contains("not encrypted");
    }

    @Test
    void a_repository_that_is_a_mount_point_itself_is_noted_and_a_folder_inside_is_not() throws Exception {
        Path mount = Path.of("/proc");
        assumeThat(Files.isDirectory(mount)).as("this system has /proc").isTrue();
        assertThat(ConfigCommand.Check.isMountPoint(mount)).isTrue();
        write(GOOD.replace("path: repository", "path: " + mount));
        assertThat(Cli.run(folder, Map.of(), "config", "check").out()).contains("'local' is a mount point");
        write(GOOD);
        assertThat(Cli.run(folder, Map.of(), "config", "check").out()).doesNotContain("mount point");
    }

    @Test
    void a_subscription_to_a_private_address_or_with_a_slack_url_written_out_is_told_beforehand() throws Exception {
        write(GOOD + """
                subscriptions:
                  wall: {url: "https://169.254.169.254/x", secret: {env: S}}
                  fine: {url: "http://127.0.0.1/x", secret: {env: S}, allow-private: true}
                  chat: {url: "https://hooks.example/T1/secret", format: slack}
                """);
        Cli check = Cli.run(folder, Map.of(), "config", "check", "--json");
        assertThat(check.exit()).as(check.err()).isZero();
        assertThat(json(check.out()).get("notes").toString()).contains("'wall'").contains("169.254.169.254").contains("'chat'")
                .doesNotContain("'fine'").doesNotContain("T1/secret");
    }

    @Test
    void the_classic_variables_are_a_configuration() {
        Cli check = Cli.run(folder, Map.of("DB_NAME", "Shop", "BACKUP_DIR", folder.toString()), "config", "check", "--json");
        assertThat(json(check.out()).get("databases").get(0).asString()).isEqualTo("shop");
    }

    @Test
    void an_unknown_database_is_named_with_those_there_are() throws Exception {
        write(GOOD);
        Cli backup = Cli.run(folder, Map.of(), "backup", "shap", "--direct");
        assertThat(backup.exit()).isEqualTo(2);
        assertThat(backup.err()).contains("'shap'").contains("[shop]").contains("code: database-unknown");
    }

    @Test
    void options_that_make_no_sense_alone_are_usage_errors_that_say_what_goes_with_them() throws Exception {
        write(GOOD);
        Cli timeout = Cli.run(folder, Map.of(), "backup", "shop", "--timeout", "5m");
        assertThat(timeout.exit()).isEqualTo(2);
        assertThat(timeout.err()).contains("--wait").contains("next: holdfast backup --help");
        Cli notify = Cli.run(folder, Map.of(), "verify", "20260203T020000Z-dump-3fa9c1d2e4b5", "--notify");
        assertThat(notify.exit()).isEqualTo(2);
        assertThat(notify.err()).contains("--direct").contains("next: holdfast verify --help");
        Cli soon = Cli.run(folder, Map.of(), "backup", "shop", "--wait", "--timeout", "soon");
        assertThat(soon.exit()).isEqualTo(2);
        assertThat(soon.err()).contains("'soon'").contains("90s, 15m, 2h");
    }

    @Test
    void waiting_for_a_proof_that_nobody_would_make_is_refused_and_one_that_is_made_daily_is_said_to_take_long() throws Exception {
        String broker = "kafka: {bootstrap-servers: \"127.0.0.1:1\"}\n";
        write(GOOD.replace("none}", "none, verify: {every: never}}") + broker);
        Cli never = Cli.run(folder, Map.of(), "backup", "shop", "--wait=verified");
        assertThat(never.exit()).isEqualTo(3);
        assertThat(never.err()).contains("databases.shop.verify.every is never").contains("code: never-verified");
        write(GOOD.replace("none}", "none, verify: {every: daily}}") + broker);
        Cli daily = Cli.run(folder, Map.of(), "backup", "shop", "--wait=verified");
        assertThat(daily.out()).contains("proven daily").contains("--timeout");
        assertThat(daily.err()).contains("code: broker-unreachable");
    }

    @Test
    void up_listens_where_the_configuration_says_unless_an_option_says_otherwise() throws Exception {
        write(GOOD + "scheduler: {port: 7100}\n");
        HoldfastConfig config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
        UpCommand command = new UpCommand(new HoldfastCommand(Surroundings.ofProcess()));
        new picocli.CommandLine(command).parseArgs();
        assertThat(command.basePort(config)).isEqualTo(7100);
        new picocli.CommandLine(command).parseArgs("--port", "0");
        assertThat(command.basePort(config)).isZero();
    }

    @Test
    void notices_that_could_not_be_signed_are_refused_before_the_backup() throws Exception {
        write(GOOD + "subscriptions: {oncall: {url: \"http://127.0.0.1:1/\", secret: {env: NO_SUCH_SECRET}}}\n");
        Cli backup = Cli.run(folder, Map.of(), "backup", "shop", "--direct", "--notify");
        assertThat(backup.exit()).isEqualTo(2);
        assertThat(backup.err()).contains("NO_SUCH_SECRET").contains("code: secret-unreadable");
    }

    @Test
    void without_a_broker_waiting_fails_and_names_the_way_without_kafka_too() throws Exception {
        write(GOOD + "kafka: {bootstrap-servers: \"127.0.0.1:1\"}\n");
        Cli backup = Cli.run(folder, Map.of(), "backup", "shop", "--wait=verified", "--timeout", "1h");
        assertThat(backup.exit()).isEqualTo(1);
        assertThat(backup.err()).contains("code: broker-unreachable").contains("--direct");
    }

    @Test
    void a_thing_that_is_no_backup_id_is_told_with_the_form() throws Exception {
        write(GOOD);
        Cli show = Cli.run(folder, Map.of(), "show", "../../etc/passwd");
        assertThat(show.exit()).isEqualTo(2);
        assertThat(show.err()).contains("20260203T020000Z-dump-3fa9c1d2e4b5");
    }

    @Test
    void without_a_broker_a_request_fails_and_names_the_way_without_kafka() throws Exception {
        write(GOOD + "kafka: {bootstrap-servers: \"127.0.0.1:1\"}\n");
        Cli backup = Cli.run(folder, Map.of(), "backup", "shop");
        assertThat(backup.exit()).isEqualTo(1);
        assertThat(backup.err()).contains("code: broker-unreachable").contains("--direct");
    }

    @Test
    void wait_without_a_stage_leaves_the_database_alone() {
        BackupCommand command = new BackupCommand(new HoldfastCommand(Surroundings.ofProcess()));
        new picocli.CommandLine(command).parseArgs("--wait", "shop");
        assertThat(command.database).isEqualTo("shop");
        assertThat(command.wait).isEqualTo(BackupCommand.Stage.completed);
        new picocli.CommandLine(command).parseArgs("--wait=verified", "shop");
        assertThat(command.wait).isEqualTo(BackupCommand.Stage.verified);
    }

    @Test
    void pruning_is_refused_where_retention_is_switched_off() throws Exception {
        write(GOOD + "retention: {enabled: false}\n");
        assertThat(Cli.run(folder, Map.of(), "prune").exit()).isEqualTo(3);
    }

    @Test
    void a_new_key_is_two_files_of_which_the_secret_one_is_private_and_neither_is_ever_replaced() throws Exception {
        Cli made = Cli.run(folder, Map.of(), "key", "new", "--json");
        JsonNode key = json(made.out());
        assertThat(key.get("fingerprint").asString()).matches("[0-9A-F]{40}");
        assertThat(Files.getPosixFilePermissions(Path.of(key.get("secretKey").asString())))
                .containsExactlyInAnyOrder(java.nio.file.attribute.PosixFilePermission.OWNER_READ,
                        java.nio.file.attribute.PosixFilePermission.OWNER_WRITE);
        Cli again = Cli.run(folder, Map.of(), "key", "new");
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err()).contains("exists already");
    }

    @Test
    void a_new_token_is_printed_once_and_its_line_for_the_configuration_holds_the_hash_only() throws Exception {
        Cli made = Cli.run(folder, Map.of(), "token", "new", "ci@runner", "--read-only");
        assertThat(made.exit()).isZero();
        String token = made.out().lines().findFirst().orElseThrow().replaceFirst(".*: ", "");
        String line = made.out().lines().filter(text -> text.contains("sha256")).findFirst().orElseThrow();
        assertThat(token).matches("hft_[A-Za-z0-9_-]{43}");
        assertThat(line).doesNotContain(token);
        write(GOOD + "scheduler:\n  tokens:\n  " + line + "\n");
        Cli checked = Cli.run(folder, Map.of(), "config", "check");
        assertThat(checked.exit()).as(checked.err()).isZero();
        assertThat(Cli.run(folder, Map.of(), "token", "new", "two words").exit()).isEqualTo(2);
    }

    @Test
    void the_completion_script_completes_commands_and_options_in_bash() throws Exception {
        Path script = Files.writeString(folder.resolve("completion"), Cli.run(folder, Map.of(), "completion").out());
        assertThat(completed(script, "holdfast", "ba")).containsExactly("backup");
        assertThat(completed(script, "holdfast", "prune", "--dr")).containsExactly("--dry-run");
        assertThat(completed(script, "holdfast", "config", "")).contains("check");
    }

    /** What bash offers after these words; the last one is begun. */
    private List<String> completed(Path script, String... words) throws Exception {
        String function = "$(complete -p holdfast | sed 's/.*-F \\([^ ]*\\).*/\\1/')";
        List<String> command = new ArrayList<>(List.of("bash", "-c", "compopt() { :; }; source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
                + "COMP_LINE=\"$*\"; COMP_POINT=${#COMP_LINE}; " + function + "; printf '%s\\n' \"${COMPREPLY[@]}\"", "bash", script.toString()));
        command.addAll(List.of(words));
        Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(printed).isZero();
        return printed.lines().map(String::strip).toList();
    }

    private void write(String yaml) throws Exception {
        Files.createDirectories(folder.resolve("repository"));
        Files.writeString(folder.resolve("holdfast.yml"), yaml);
    }

    private static JsonNode json(String text) {
        return JsonMapper.builder().build().readTree(text);
    }
}
