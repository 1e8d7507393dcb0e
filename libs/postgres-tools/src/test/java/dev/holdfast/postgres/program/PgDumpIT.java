package dev.holdfast.postgres.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Password;
import dev.holdfast.postgres.ServerSettings;
import dev.holdfast.postgres.source.ExportedSnapshot;
import dev.holdfast.testkit.PostgresServer;

class PgDumpIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String NAME = "holdfast/20260203T020000Z-dump-3fa9c1d2e4b5/1";

    private PostgresServer server;
    private ToolSet tools;

    @BeforeEach
    void findServerAndTools() {
        server = PostgresServer.shared();
        tools = PostgresTools.locate(List.of(server.programFolder())).choose(server.major());
    }

    @ParameterizedTest
    @ValueSource(strings = { "a=b", "postgres://x@y/z", "-leading", "it's \"quoted\"", "back\\slash", " spaces ", "../../etc",
            "Ünïcødé 日本", "tab\tand\nline", "x234567890123456789012345678901234567890123456789012345678901234" })
    void any_name_a_database_can_have_is_dumped_listed_and_restored(String name) throws IOException {
        String real = name.length() > 63 ? name.substring(0, 63) : name;
        PostgresServer.Database database = server.createDatabase(real);
        database.exec("CREATE TABLE t (a text); INSERT INTO t VALUES ('value')");
        byte[] archive = dumped(ServerSettings.of(database));

        assertThat(new String(fed(PgRestore.list(), archive), StandardCharsets.UTF_8)).contains("TABLE DATA public t");
        database.exec("DROP TABLE t");
        fed(PgRestore.into(ServerSettings.of(database)), archive);

        assertThat(database.value("SELECT a FROM t")).isEqualTo("value");
        byte[] globals = printed(new PgDumpAll(ServerSettings.of(database), NAME, true, TIMEOUT));
        assertThat(new String(globals, StandardCharsets.UTF_8)).contains("CREATE ROLE postgres");
    }

    @Test
    void a_password_with_every_special_character_is_nowhere_to_be_seen_and_its_file_goes_with_the_program() throws Exception {
        ConnectionSettings settings = ServerSettings.of(server.createDatabase());
        server.database(settings.database()).exec("CREATE TABLE t (a int)");
        try (Connection locking = server.database(settings.database()).connect(); Statement statement = locking.createStatement()) {
            locking.setAutoCommit(false);
            statement.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
            try (RunningProgram dump = new PgDump(settings, NAME, Optional.empty(), TIMEOUT).start(tools)) {
                await().until(() -> sessions(settings).contains(NAME));
                Path process = Path.of("/proc", dump.pid().orElseThrow().toString());
                String seen = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                        + Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
                Path passFile = Path.of(Stream.of(seen.split("\0")).filter(variable -> variable.startsWith("PGPASSFILE="))
                        .findFirst().orElseThrow().substring("PGPASSFILE=".length()));

                assertThat(seen).doesNotContain("s's", PostgresServer.PASSWORD.substring(0, 4));
                assertThat(Files.getPosixFilePermissions(passFile)).hasSize(2);
                assertThat(Files.getPosixFilePermissions(passFile.getParent())).hasSize(3);
                dump.kill();
                await().until(() -> Files.notExists(passFile.getParent()));
            }
        }
    }

    @Test
    void a_lock_that_is_not_given_up_ends_the_dump_with_its_own_code() throws Exception {
        ConnectionSettings settings = ServerSettings.of(server.createDatabase());
        server.database(settings.database()).exec("CREATE TABLE t (a int)");
        try (Connection locking = server.database(settings.database()).connect(); Statement statement = locking.createStatement()) {
            locking.setAutoCommit(false);
            statement.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE");

            HoldfastException failure = failure(new PgDump(settings, NAME, Optional.empty(), Duration.ofMillis(50)));

            assertThat(failure.code()).isEqualTo("lock-timeout");
            assertThat(failure.kind()).isEqualTo(FailureKind.RETRIABLE);
        }
    }

    @Test
    void what_is_wrong_with_the_source_has_a_code_and_no_password_in_it() {
        PostgresServer.Database database = server.createDatabase();
        database.exec("CREATE TABLE t (a int); CREATE ROLE " + database.name() + " LOGIN PASSWORD 'x'");
        ConnectionSettings settings = ServerSettings.of(database);
        ConnectionSettings other = ServerSettings.of(database.as(database.name(), "x"));

        assertThat(failure(dump(ServerSettings.of(database.as("postgres", "wr0ng")))).code()).isEqualTo("source-auth-failed");
        assertThat(failure(dump(settings.withDatabase("not there"))).code()).isEqualTo("database-missing");
        assertThat(failure(dump(other)).code()).isEqualTo("table-not-readable");
        assertThat(failure(new PgDumpAll(other, NAME, true, TIMEOUT)).code()).isEqualTo("globals-not-readable");
        assertThat(failure(dump(ConnectionSettings.of("127.0.0.1", 1, "x", "y", new Password("z")))).code())
                .isEqualTo("source-unreachable");
        assertThat(failure(dump(ServerSettings.of(database.as("postgres", "wr0ng"))))).message().doesNotContain("wr0ng");
    }

    @Test
    void roles_are_dumped_by_an_ordinary_user_when_passwords_are_left_out() throws IOException {
        PostgresServer.Database database = server.createDatabase();
        database.exec("CREATE ROLE " + database.name() + " LOGIN PASSWORD 'x'");

        byte[] globals = printed(new PgDumpAll(ServerSettings.of(database.as(database.name(), "x")), NAME, false, TIMEOUT));

        assertThat(new String(globals, StandardCharsets.UTF_8)).contains("CREATE ROLE " + database.name()).doesNotContain("SCRAM");
    }

    @Test
    void a_dump_of_an_exported_snapshot_holds_exactly_that_moment() throws IOException, SQLException {
        PostgresServer.Database database = server.createDatabase();
        database.exec("CREATE TABLE t (a text); INSERT INTO t VALUES ('before')");
        ConnectionSettings settings = ServerSettings.of(database);
        byte[] archive;
        try (ExportedSnapshot snapshot = ExportedSnapshot.open(settings, NAME)) {
            database.exec("INSERT INTO t VALUES ('after')");
            archive = printed(new PgDump(settings, NAME, Optional.of(snapshot.id()), TIMEOUT));
        }

        assertThat(new String(fed(PgRestore.script(), archive), StandardCharsets.UTF_8)).contains("before").doesNotContain("after");
        assertThat(failure(new PgDump(settings, NAME, Optional.of("00000003-0000001B-1"), TIMEOUT)).code()).isEqualTo("snapshot-lost");
    }

    @Test
    void a_file_that_is_no_archive_or_half_of_one_is_told_by_pg_restore() throws IOException {
        PostgresServer.Database database = server.createDatabase();
        database.exec("CREATE TABLE t AS SELECT repeat('x', 100) FROM generate_series(1, 10000)");
        byte[] archive = dumped(ServerSettings.of(database));

        for (byte[] broken : List.of(new byte[0], "nonsense".getBytes(StandardCharsets.UTF_8), java.util.Arrays.copyOf(archive, archive.length / 2))) {
            try (RunningProgram program = PgRestore.script().start(tools)) {
                feed(program, broken);
                assertThat(PgRestore.script().failure(program.await(TIMEOUT)).code()).isEqualTo("archive-unreadable");
            }
        }
    }

    private PgDump dump(ConnectionSettings settings) {
        return new PgDump(settings, NAME, Optional.empty(), TIMEOUT);
    }

    private List<String> sessions(ConnectionSettings settings) {
        return server.database(settings.database()).query("SELECT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    }

    private byte[] dumped(ConnectionSettings settings) throws IOException {
        return printed(dump(settings));
    }

    private byte[] printed(PostgresCommand command) throws IOException {
        try (RunningProgram program = command.start(tools)) {
            byte[] output = program.stdout().readAllBytes();
            command.check(program.await(TIMEOUT));
            return output;
        }
    }

    private byte[] fed(PostgresCommand command, byte[] input) throws IOException {
        try (RunningProgram program = command.start(tools)) {
            byte[] output = feed(program, input);
            command.check(program.await(TIMEOUT));
            return output;
        }
    }

    /** A program that gives up early closes its input: its exit code tells, not the broken pipe. */
    private static byte[] feed(RunningProgram program, byte[] input) throws IOException {
        Thread.startVirtualThread(() -> {
            try (OutputStream stdin = program.stdin()) {
                stdin.write(input);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("pipe");
            }
        });
        return program.stdout().readAllBytes();
    }

    private HoldfastException failure(PostgresCommand command) {
        try (RunningProgram program = command.start(tools)) {
            program.stdout().readAllBytes();
            return command.failure(program.await(TIMEOUT));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
