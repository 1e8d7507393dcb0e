package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.cli.broker.FreePorts;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands against a real server, a real broker and the services. */
@ExtendWith(NeedsNamespaces.class)
class UpIT {

    @TempDir
    Path folder;
    private PostgresServer.Database database;

    @BeforeEach
    void databaseAndConfiguration() throws Exception {
        database = PostgresServer.shared().createDatabase();
        database.exec("CREATE TABLE kept (id int PRIMARY KEY, what text); INSERT INTO kept SELECT n, md5(n::text) FROM generate_series(1, 500) n");
        Files.createDirectories(folder.resolve("repository"));
        Files.writeString(folder.resolve("password"), database.password());
        Files.writeString(folder.resolve("holdfast.yml"), """
                kafka: {bootstrap-servers: "127.0.0.1:%d"}
                repositories: {local: {path: repository}}
                databases:
                  shop:
                    host: %s
                    port: %d
                    database: %s
                    user: %s
                    password: {file: password}
                    encryption: none
                    keep: {last: 1, verified: 1}
                verifier: {scratch: /tmp}
                scheduler: {port: 0}
                evaluation: true
                """.formatted(FreePorts.find(), database.host(), database.port(), database.name(), database.user()));
    }

    @Test
    void up_backs_up_proves_and_prunes_and_ctrl_c_stops_it_in_order() throws Exception {
        try (JavaProcess up = JavaProcess.start(Main.class, folder, Map.of(), "up", "--state", folder.resolve("state").toString(),
                "--port", "0")) {
            await().atMost(Duration.ofMinutes(5)).until(() -> !up.process().isAlive() || up.out().contains("Ctrl-C stops everything"));
            assertThat(up.process().isAlive()).as(up.out() + up.err()).isTrue();

            JsonNode first = backup();
            JsonNode second = backup();
            Cli prune = cli("prune", "--json");
            assertThat(prune.exit()).as(prune.err()).isZero();
            JsonNode listed = json(cli("list", "shop", "--json").out()).get("backups");
            assertThat(listed).hasSize(1);
            assertThat(listed.get(0).get("backupId").asString()).isEqualTo(second.get("backupId").asString());

            Cli events = cli("events", "--from-beginning", "--no-follow", "--json");
            assertThat(events.out()).contains("dev.holdfast.backup.verified.v1").contains("dev.holdfast.backup.expired.v1")
                    .contains(first.get("backupId").asString());
            up.signal("INT");
            up.exit(60);
            assertThat(up.out()).contains("Stopped.");
        }
    }

    @Test
    void without_kafka_a_backup_is_made_shown_and_proven_all_the_same() throws Exception {
        Cli backup = cli("backup", "shop", "--direct", "--reason", "by hand", "--json");
        assertThat(backup.exit()).as(backup.err()).isZero();
        String id = json(backup.out()).get("backupId").asString();
        assertThat(json(cli("show", id, "--json").out()).get("backup").get("state").asString()).isEqualTo("unverified");
        Cli verify = cli("verify", id, "--direct", "--json");
        assertThat(verify.exit()).as(verify.err() + verify.out()).isZero();
        assertThat(json(verify.out()).get("verification").get("level").asString()).isEqualTo("equal");
        Cli show = cli("show", id);
        assertThat(show.out()).contains("verified up to equal").contains("500 rows");
        Cli dryRun = cli("prune", "--dry-run");
        assertThat(dryRun.out()).contains(id).contains("kept because");
    }

    private JsonNode backup() {
        Cli backup = cli("backup", "shop", "--wait=verified", "--json");
        assertThat(backup.exit()).as(backup.err() + backup.out()).isZero();
        return json(backup.out());
    }

    private Cli cli(String... arguments) {
        return Cli.run(folder, Map.of(), arguments);
    }

    private static JsonNode json(String text) {
        return JsonMapper.builder().build().readTree(text);
    }
}
