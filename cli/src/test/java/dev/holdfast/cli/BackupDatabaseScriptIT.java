package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.demo.Subscriber;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.S3Server;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/backup-database.sh} as cron starts it: nothing but the classic variables. */
@ExtendWith(S3Server.class)
@ExtendWith(NeedsNamespaces.class)
class BackupDatabaseScriptIT {

    private static final Path SCRIPT = Path.of("..", "scripts", "backup-database.sh").toAbsolutePath().normalize();

    @TempDir
    Path folder;
    private final PostgresServer.Database database = PostgresServer.shared().createDatabase();
    private final Map<String, String> variables = new HashMap<>();

    @BeforeEach
    void classicVariables() throws Exception {
        database.exec("CREATE TABLE kept (id int PRIMARY KEY); INSERT INTO kept SELECT generate_series(1, 300)");
        Path holdfast = folder.resolve("holdfast");
        Files.writeString(holdfast, "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                + "' -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp '"
                + System.getProperty("java.class.path") + "' dev.holdfast.cli.Main \"$@\"\n");
        assertThat(holdfast.toFile().setExecutable(true)).isTrue();
        variables.putAll(Map.of("HOLDFAST", holdfast.toString(), "DB_NAME", database.name(), "DB_USER", database.user(),
                "DB_PASSWORD", database.password(), "DB_HOST", database.host(), "DB_PORT", Integer.toString(database.port())));
    }

    @Test
    void a_night_with_a_file_repository_leaves_a_proven_latest_a_log_and_signed_notices() throws Exception {
        variables.put("BACKUP_DIR", "my backups");
        variables.put("RETENTION_DAYS", "7");
        try (Subscriber subscriber = new Subscriber()) {
            variables.put("BACKUP_NOTIFICATION_WEBHOOK", subscriber.url());
            variables.put("HOLDFAST_SUBSCRIPTIONS_CLASSIC_ALLOWPRIVATE", "true");
            variables.put("BACKUP_NOTIFICATION_SECRET", subscriber.secret());
            Run night = run();
            assertThat(night.exit()).as(night.output()).isZero();
            assertThat(subscriber.genuine()).anySatisfy(body -> assertThat(body).contains("dev.holdfast.backup.completed.v1"))
                    .anySatisfy(body -> assertThat(body).contains("dev.holdfast.backup.verified.v1"));
            assertThat(night.output()).doesNotContain(subscriber.secret());
        }
        Path backups = folder.resolve("my backups");
        assertThat(Files.readString(backups.resolve("backup.log"))).contains("backup of " + database.name() + " begins")
                .contains("is verified").contains("backup of " + database.name() + " ends").doesNotContain(database.password());
        try (var found = Files.walk(backups)) {
            Path latest = found.filter(path -> path.getFileName().toString().equals("latest")).findFirst().orElseThrow();
            assertThat(latest).isSymbolicLink();
            assertThat(latest.resolve("manifest.json")).isRegularFile();
        }
    }

    @Test
    void a_wrong_password_and_a_missing_database_fail_in_the_log_and_to_the_webhook_and_leave_no_latest() throws Exception {
        variables.put("BACKUP_DIR", folder.resolve("backups").toString());
        for (Map<String, String> mistake : List.of(Map.of("DB_PASSWORD", "not-the-password"), Map.of("DB_NAME", "no-such-database"))) {
            try (Subscriber subscriber = new Subscriber()) {
                Map<String, String> mistaken = new HashMap<>(variables);
                mistaken.putAll(mistake);
                mistaken.put("BACKUP_NOTIFICATION_WEBHOOK", subscriber.url());
                mistaken.put("HOLDFAST_SUBSCRIPTIONS_CLASSIC_ALLOWPRIVATE", "true");
                mistaken.put("BACKUP_NOTIFICATION_SECRET", subscriber.secret());
                Run night = run(mistaken);
                assertThat(night.exit()).as(night.output()).isEqualTo(1);
                assertThat(night.output()).contains("FAILED (exit 1)").doesNotContain("not-the-password").doesNotContain("\tat ");
                assertThat(subscriber.genuine()).last().satisfies(body -> assertThat(body).contains("dev.holdfast.backup.failed.v1"));
            }
        }
        try (var found = Files.walk(folder.resolve("backups"))) {
            assertThat(found.map(path -> path.getFileName().toString())).doesNotContain("latest", "manifest.json").contains("backup.log");
        }
    }

    @Test
    void a_bucket_and_a_folder_both_get_a_copy(S3Server.Bucket bucket) throws Exception {
        variables.put("S3_BUCKET", bucket.name());
        variables.put("AWS_REGION", bucket.region());
        variables.put("AWS_ACCESS_KEY_ID", bucket.accessKey());
        variables.put("AWS_SECRET_ACCESS_KEY", bucket.secretKey());
        variables.put("HOLDFAST_REPOSITORIES_S3_ENDPOINT", bucket.endpoint().toString());
        variables.put("HOLDFAST_REPOSITORIES_S3_PATHSTYLE", "true");
        variables.put("BACKUP_DIR", folder.resolve("also here").toString());
        Run night = run();
        assertThat(night.exit()).as(night.output()).isZero();
        assertThat(night.output()).contains("in local, s3").contains(" is verified in local").contains(" is verified in s3");
    }

    @Test
    void a_webhook_that_nobody_answers_is_told_and_changes_nothing_else() throws Exception {
        variables.put("BACKUP_DIR", folder.resolve("backups").toString());
        try (Subscriber gone = new Subscriber()) {
            variables.put("BACKUP_NOTIFICATION_WEBHOOK", gone.url());
            variables.put("HOLDFAST_SUBSCRIPTIONS_CLASSIC_ALLOWPRIVATE", "true");
            variables.put("BACKUP_NOTIFICATION_SECRET", gone.secret());
        }
        Run night = run();
        assertThat(night.exit()).as(night.output()).isZero();
        assertThat(night.output()).contains("was NOT delivered in 3 tries");
    }

    @Test
    void a_wrong_variable_is_named_in_the_log_before_anything_is_tried() throws Exception {
        variables.put("BACKUP_DIR", folder.resolve("backups").toString());
        variables.put("RETENTION_DAYS", "often");
        Run night = run();
        assertThat(night.exit()).isEqualTo(2);
        assertThat(Files.readString(folder.resolve("backups/backup.log"))).contains("RETENTION_DAYS").contains("FAILED (exit 2)");
    }

    private record Run(int exit, String output) {
    }

    private Run run() throws Exception {
        return run(variables);
    }

    private Run run(Map<String, String> environment) throws Exception {
        ProcessBuilder script = new ProcessBuilder("bash", SCRIPT.toString()).directory(folder.toFile()).redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        script.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST") || name.startsWith("BACKUP_") || name.startsWith("DB_"));
        script.environment().putAll(environment);
        Process process = script.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Run(process.exitValue(), output);
    }
}
