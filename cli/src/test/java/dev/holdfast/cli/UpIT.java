package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.cli.broker.FreePorts;
import dev.holdfast.testkit.KafkaServer;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.S3Server;
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
        configure("127.0.0.1:" + FreePorts.find(), "repositories: {local: {path: repository}}");
    }

    private void configure(String kafka, String repositories) throws Exception {
        Files.writeString(folder.resolve("holdfast.yml"), """
                kafka: {bootstrap-servers: "%s"}
                %s
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
                """.formatted(kafka, repositories, database.host(), database.port(), database.name(), database.user()));
    }

    /** What evaluation starts by itself: {@link DemoIT} makes a backup with it. */
    @Test
    void up_brings_a_broker_and_a_file_repository_of_its_own_and_ctrl_c_stops_it_in_order() throws Exception {
        configure("127.0.0.1:" + FreePorts.find(), "");
        try (JavaProcess up = startUp()) {
            assertThat(up.out()).contains("local (" + folder.resolve("state/repository") + ")");
            assertThat(JavaProcess.naming(folder.resolve("state/broker")).isEmpty()).as(up.out()).isFalse();
            up.signal("INT");
            up.exit(60);
            assertThat(up.out()).contains("Stopped.");
            assertThat(JavaProcess.naming(folder.resolve("state"))).isEmpty();
        }
    }

    @Test
    void up_with_another_broker_and_a_bucket_backs_up_proves_and_prunes() throws Exception {
        S3Server.Bucket bucket = S3Server.newBucket();
        Files.writeString(folder.resolve("s3-secret"), bucket.secretKey());
        configure(KafkaServer.shared().bootstrapServers(), """
                repositories: {offsite: {type: s3, bucket: %s, endpoint: "%s", region: %s, path-style: true, \
                access-key: {file: s3-secret}, secret-key: {file: s3-secret}}}""".formatted(bucket.name(), bucket.endpoint(), bucket.region()));
        try (JavaProcess up = startUp()) {
            assertThat(JavaProcess.naming(folder.resolve("state/broker"))).isEmpty();
            JsonNode first = backup();
            JsonNode second = backup();
            assertThat(cli("prune", "--dry-run").out().lines()).anyMatch(line -> line.contains(id(first)) && line.contains("deleted because"))
                    .anyMatch(line -> line.contains(id(second)) && line.contains("kept because"));
            assertThat(json(cli("list", "shop", "--json").out()).get("backups")).hasSize(2);
            Cli prune = cli("prune", "--json");
            assertThat(prune.exit()).as(prune.err()).isZero();
            JsonNode listed = json(cli("list", "shop", "--json").out()).get("backups");
            assertThat(listed).hasSize(1);
            assertThat(listed.get(0).get("backupId").asString()).isEqualTo(id(second));

            Cli events = cli("events", "--from-beginning", "--no-follow", "--json");
            assertThat(events.out()).contains("dev.holdfast.backup.verified.v1").contains("dev.holdfast.backup.expired.v1")
                    .contains(id(first));
        }
    }

    private JavaProcess startUp() {
        JavaProcess up = JavaProcess.start(Main.class, folder, Map.of(), "up", "--state", folder.resolve("state").toString(), "--port", "0");
        try {
            await().atMost(Duration.ofMinutes(5)).until(() -> !up.process().isAlive() || up.out().contains("Ctrl-C stops everything"));
            assertThat(up.process().isAlive()).as(up.out() + up.err()).isTrue();
            return up;
        } catch (RuntimeException | Error e) {
            up.close();
            throw e;
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

    private static String id(JsonNode backup) {
        return backup.get("backupId").asString();
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
