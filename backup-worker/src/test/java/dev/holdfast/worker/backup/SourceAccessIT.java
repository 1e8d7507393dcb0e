package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Passwords, permissions and names as they come. */
@Timeout(120)
@ExtendWith(PostgresExtension.class)
class SourceAccessIT {

    private static final String WRONG = "wrong:\\'\" %s$(id)@/?#&=é`*!|;<>{}[]()~^";

    @TempDir
    Path folder;

    @Test
    void a_wrong_password_is_told_and_shown_nowhere(PostgresServer.Database source) {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        logged.start();
        root.addAppender(logged);
        Workshop shop = new Workshop(source).file(folder).password(WRONG);
        try {
            BackupFailed failed = shop.fail();

            assertThat(failed.code()).isEqualTo("source-auth-failed");
            assertThat(failed.failureKind()).isEqualTo("permanent");
            assertThat(failed.nextStep()).contains("password");
        } finally {
            root.detachAppender(logged);
        }
        assertThat(shop.told()).doesNotContain(WRONG, PostgresServer.PASSWORD);
        assertThat(logged.list).isNotEmpty();
        assertThat(logged.list.stream().map(SourceAccessIT::text).collect(Collectors.joining("\n")))
                .doesNotContain(WRONG, PostgresServer.PASSWORD);
        assertThat(shop.keys("files")).isEmpty();
    }

    @Test
    void a_password_of_special_characters_works_and_is_seen_in_no_process(PostgresServer server,
            PostgresServer.Database source) throws Exception {
        FakeTools tools = new FakeTools(folder.resolve("tools"), server)
                .script("pg_dump", "REAL; touch %s/dumped; while [ ! -e %s/seen ]; do sleep 0.1; done".formatted(folder, folder));
        Workshop shop = new Workshop(source).file(folder.resolve("repository")).tools(tools.folder());
        Thread slot = Thread.ofPlatform().start(shop::run);
        await().atMost(60, TimeUnit.SECONDS).until(() -> Files.exists(folder.resolve("dumped")));

        List<String> seen = ProcessHandle.current().descendants()
                .flatMap(process -> List.of("cmdline", "environ").stream().map(file -> read(process.pid(), file))).toList();
        Files.createFile(folder.resolve("seen"));
        slot.join();

        assertThat(seen).anyMatch(text -> text.contains("pg_dump"));
        assertThat(seen).noneMatch(text -> text.contains(PostgresServer.PASSWORD));
        assertThat(shop.events.getLast().data()).isInstanceOf(BackupCompleted.class);
        assertThat(shop.told()).doesNotContain(PostgresServer.PASSWORD);
    }

    @Test
    void a_missing_database_is_told_by_its_name(PostgresServer server) {
        BackupFailed failed = new Workshop(server.database("never created")).file(folder).fail();

        assertThat(failed.code()).isEqualTo("database-missing");
        assertThat(failed.reason()).contains("never created");
    }

    @Test
    void an_unreachable_server_is_worth_another_try(PostgresServer.Database source) {
        BackupFailed failed = new Workshop(new PostgresServer.Database("127.0.0.1", 1, source.name(), source.user(),
                source.password())).file(folder).fail();

        assertThat(failed.code()).isEqualTo("source-unreachable");
        assertThat(failed.failureKind()).isEqualTo("retriable");
    }

    @Test
    void one_table_without_permission_is_named_before_anything_is_dumped(PostgresServer.Database source) {
        source.exec("CREATE ROLE %1$s LOGIN PASSWORD 'x'; CREATE TABLE seen (a int); CREATE TABLE \"Hidden Table\" (a int); GRANT SELECT ON seen TO %1$s"
                .formatted(role(source)));

        BackupFailed failed = new Workshop(source.as(role(source), "x")).file(folder).fail();

        assertThat(failed.code()).isEqualTo("table-not-readable");
        assertThat(failed.phase()).isEqualTo("preflight");
        assertThat(failed.reason()).contains("Hidden Table").doesNotContain("seen");
        assertThat(failed.nextStep()).contains("GRANT");
    }

    @Test
    void a_user_who_may_not_read_role_passwords_gets_a_backup_that_says_so(PostgresServer.Database source) throws Exception {
        source.exec("CREATE ROLE %1$s LOGIN PASSWORD 'x'; CREATE TABLE t (a int); GRANT SELECT ON t TO %1$s"
                .formatted(role(source)));
        Keys keys = Keys.shared();
        Workshop shop = new Workshop(source.as(role(source), "x")).file(folder.resolve("repository")).encryptedTo(keys.publicKey());

        BackupCompleted completed = shop.complete();

        var manifest = shop.repository("files").reader().manifest(Workshop.ALIAS, BackupId.parse(completed.backupId()));
        assertThat(manifest.manifest().policy()).containsEntry("rolePasswords", "left out: the user may not read pg_authid");
        try (InputStream globals = shop.repository("files").reader().openPlain(manifest, manifest.stream("globals"), keys.secret())) {
            assertThat(new String(globals.readAllBytes(), StandardCharsets.UTF_8)).contains(role(source)).doesNotContain("SCRAM-SHA-256");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"with a space", "it's \"quoted\"", "back\\slash", "Datenbank-é-数据库", "../../etc/passwd", "a=b",
            "postgresql://x", "dbname=postgres host=127.0.0.1", "-d", "$(touch x); `id` %41",
            "sixty-three-bytes-long-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})
    void a_database_of_any_name_is_dumped_and_no_other(String name, @TempDir Path repository) throws Exception {
        PostgresServer server = PostgresServer.shared();
        PostgresServer.Database source = server.createDatabase(name);
        source.exec("CREATE TABLE only_here (a int)");
        Workshop shop = new Workshop(source).file(repository);

        BackupCompleted completed = shop.complete();

        var manifest = shop.repository("files").reader().manifest(Workshop.ALIAS, BackupId.parse(completed.backupId()));
        assertThat(manifest.manifest().source().databaseName()).isEqualTo(name);
        try (InputStream archive = shop.repository("files").reader().openPlain(manifest, manifest.stream("data"), SecretKeys.none())) {
            assertThat(new String(archive.readAllBytes(), StandardCharsets.ISO_8859_1)).contains("only_here");
        }
        server.database("postgres").exec("DROP DATABASE " + PostgresServer.quoted(name));
    }

    private static String role(PostgresServer.Database source) {
        return "reader_of_" + source.name();
    }

    private static String text(ILoggingEvent event) {
        return event.getFormattedMessage()
                + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }

    private static String read(long pid, String file) {
        try {
            return new String(Files.readAllBytes(Path.of("/proc/" + pid + "/" + file)), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(process " + pid + " has ended or is another user's)";
        }
    }
}
