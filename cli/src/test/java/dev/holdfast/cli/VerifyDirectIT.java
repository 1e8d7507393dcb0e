package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.crypto.KeyGenerator;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A proof by the command alone, of an encrypted backup. */
@ExtendWith(NeedsNamespaces.class)
class VerifyDirectIT {

    @TempDir
    Path folder;
    private PostgresServer.Database database;

    @BeforeEach
    void encryptedBackups() throws Exception {
        database = PostgresServer.shared().createDatabase();
        database.exec("CREATE TABLE kept (id int PRIMARY KEY)");
        Files.createDirectories(folder.resolve("repository"));
        Files.writeString(folder.resolve("password"), database.password());
        for (String who : new String[] {"ours", "theirs"}) {
            KeyGenerator.generate(who + " <" + who + "@example.org>", new char[0], folder.resolve(who + ".pub"),
                    folder.resolve(who + ".sec"), Clock.systemUTC());
        }
        configure("");
    }

    @Test
    void without_a_secret_key_nothing_is_said_of_the_backup_and_a_wrong_key_refutes_it() throws Exception {
        Cli backup = cli("backup", "shop", "--direct", "--json");
        assertThat(backup.exit()).as(backup.err()).isZero();
        String id = json(backup.out()).get("backupId").asString();

        Cli keyless = cli("verify", id, "--direct", "--level", "archive");
        assertThat(keyless.exit()).as(keyless.out()).isEqualTo(ExitCode.NOT_VERIFIED.code());
        assertThat(keyless.err()).contains("code: secret-key-missing").contains("keys.secret-keys");
        assertThat(json(cli("show", id, "--json").out()).get("backup").get("state").asString()).isEqualTo("unverified");

        configure("keys: {secret-keys: [theirs.sec]}");
        Cli wrong = cli("verify", id, "--direct", "--level", "archive", "--json");
        assertThat(wrong.exit()).as(wrong.err()).isEqualTo(ExitCode.NOT_VERIFIED.code());
        assertThat(json(wrong.out()).get("verification").get("findings").get(0).get("what").asString()).isEqualTo("key");

        configure("keys: {secret-keys: [ours.sec]}");
        Cli right = cli("verify", id, "--direct", "--level", "archive", "--json");
        assertThat(right.exit()).as(right.err() + right.out()).isZero();
    }

    @Test
    void manifests_that_differ_between_copies_are_not_proven_here_either() throws Exception {
        Files.createDirectories(folder.resolve("second"));
        configure("");
        Cli backup = cli("backup", "shop", "--direct", "--json");
        assertThat(backup.exit()).as(backup.err()).isZero();
        BackupId id = BackupId.parse(json(backup.out()).get("backupId").asString());
        try (Repository second = Repository.open("second", FileStore.at(folder.resolve("second")))) {
            new StoredBackups(second).add("shop", id, Instant.parse("2026-02-03T02:00:00Z"));
        }
        Files.writeString(folder.resolve("holdfast.yml"), Files.readString(folder.resolve("holdfast.yml"))
                .replace("local: {path: repository}", "local: {path: repository}, second: {path: second}")
                .replace("encryption:", "repositories: [local, second]\n    encryption:"));
        Cli proof = cli("verify", id.toString(), "--direct", "--level", "checksum");
        assertThat(proof.exit()).as(proof.err() + proof.out()).isEqualTo(ExitCode.NOT_VERIFIED.code());
        assertThat(proof.err()).contains("code: manifest-conflict");
        assertThat(Files.exists(folder.resolve("repository/db/shop/" + id + "/verifications"))).isFalse();
    }

    private void configure(String keys) throws Exception {
        Files.writeString(folder.resolve("holdfast.yml"), """
                repositories: {local: {path: repository}}
                databases:
                  shop:
                    host: %s
                    port: %d
                    database: %s
                    user: %s
                    password: {file: password}
                    encryption: {recipients: [ours.pub]}
                verifier: {scratch: /tmp}
                %s
                """.formatted(database.host(), database.port(), database.name(), database.user(), keys));
    }

    private Cli cli(String... arguments) {
        return Cli.run(folder, Map.of(), arguments);
    }

    private static JsonNode json(String text) {
        return JsonMapper.builder().build().readTree(text);
    }
}
