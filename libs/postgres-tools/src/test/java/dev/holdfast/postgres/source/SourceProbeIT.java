package dev.holdfast.postgres.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Lsn;
import dev.holdfast.postgres.Password;
import dev.holdfast.postgres.ServerSettings;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.program.ToolSet;
import dev.holdfast.testkit.PostgresServer;

class SourceProbeIT {

    private static final String NAME = "holdfast/20260203T020000Z-dump-3fa9c1d2e4b5/1";

    private PostgresServer.Database database;
    private ConnectionSettings settings;
    private ConnectionSettings ordinary;

    @BeforeEach
    void createDatabaseAndUser() {
        database = PostgresServer.shared().createDatabase();
        settings = ServerSettings.of(database);
        String user = database.name();
        database.exec("CREATE ROLE " + user + " LOGIN PASSWORD 'x'");
        ordinary = ServerSettings.of(database.as(user, "x"));
    }

    @Test
    void it_describes_what_a_restore_needs_to_know() {
        database.exec("CREATE EXTENSION pgcrypto; CREATE SCHEMA s; ALTER DATABASE " + database.name() + " SET work_mem = '5MB'");

        SourceDescription source = described(settings);

        assertThat(source.databaseName()).isEqualTo(database.name());
        assertThat(source.systemIdentifier()).contains(database.value("SELECT system_identifier::text FROM pg_control_system()"));
        assertThat(source.serverMajor()).isEqualTo(PostgresServer.shared().major());
        assertThat(source.serverVersion()).isEqualTo(database.value("SHOW server_version"));
        assertThat(List.of(source.encoding(), source.collate(), source.ctype(), source.localeProvider(), source.owner()))
                .containsExactly("UTF8", "C.UTF-8", "C.UTF-8", "libc", "postgres");
        assertThat(source.timeline()).isEqualTo(1);
        assertThat(source.lsn()).isGreaterThan(new Lsn(0));
        assertThat(source.databaseBytes()).isGreaterThan(1_000_000);
        assertThat(source.extensions()).extracting(SourceDescription.Extension::name).containsExactly("pgcrypto", "plpgsql");
        assertThat(source.roles()).contains("postgres", database.name()).noneMatch(role -> role.startsWith("pg_"));
        assertThat(source.settings()).containsExactly("work_mem");
        assertThat(source.warnings()).isEmpty();
    }

    @Test
    void what_an_ordinary_user_may_not_ask_is_left_out_with_a_warning() {
        SourceDescription source = described(ordinary);

        assertThat(source.warnings()).anyMatch(warning -> warning.contains("shared_preload_libraries"));
        assertThat(source.preloadLibraries()).isEmpty();
        assertThat(source.databaseBytes()).isPositive();
    }

    @Test
    void a_source_that_may_be_read_gets_the_tools_to_dump_it() {
        database.exec("CREATE TABLE t (a int); GRANT pg_read_all_data TO " + database.name());
        try (SourceProbe probe = SourceProbe.connect(ordinary, NAME)) {
            Preflight preflight = probe.preflight(PostgresTools.locate(List.of(PostgresServer.shared().programFolder())));

            assertThat(preflight.tools().major()).isGreaterThanOrEqualTo(preflight.source().serverMajor());
        }
    }

    @Test
    void a_server_newer_than_the_tools_is_told_before_anything_is_read() {
        PostgresTools old = PostgresTools.of(List.of(new ToolSet(Path.of("/old"), "9.6.24", 9, 6)));
        try (SourceProbe probe = SourceProbe.connect(ordinary, NAME)) {
            fails("tools-too-old", FailureKind.PERMANENT, () -> probe.preflight(old)).hasMessageContaining("9.6.24 in /old");
        }
    }

    @Test
    void tables_that_may_not_be_read_are_named_up_to_ten_with_their_number_and_the_grant() {
        database.exec("CREATE SCHEMA hidden; CREATE TABLE hidden.t (a int); GRANT SELECT ON hidden.t TO " + database.name());
        for (int i = 0; i < 12; i++) {
            database.exec("CREATE TABLE \"Odd name %02d\" (a int)".formatted(i));
        }
        try (SourceProbe probe = SourceProbe.connect(ordinary, NAME)) {
            fails("table-not-readable", FailureKind.PERMANENT, probe::checkReadable).hasMessageContaining("hidden.t")
                    .hasMessageContaining("public.\"Odd name 03\"").hasMessageContaining("3 more (13 in total)")
                    .satisfies(e -> assertThat(((HoldfastException) e).nextStep())
                            .contains("GRANT pg_read_all_data TO \"%s\";".formatted(database.name())));
        }
    }

    @Test
    void sequences_and_large_objects_count_too_and_what_an_extension_owns_does_not() {
        database.exec("CREATE EXTENSION pgcrypto; CREATE SEQUENCE q");
        String object = database.value("SELECT lo_create(0)");
        try (SourceProbe probe = SourceProbe.connect(ordinary, NAME)) {
            fails("table-not-readable", FailureKind.PERMANENT, probe::checkReadable)
                    .hasMessageContaining("sequence public.q").hasMessageContaining("large object " + object);

            database.exec("GRANT pg_read_all_data TO " + database.name());
            fails("table-not-readable", FailureKind.PERMANENT, probe::checkReadable).hasMessageContaining("large object " + object);

            database.exec("GRANT SELECT ON LARGE OBJECT %s TO %s".formatted(object, database.name()));
            probe.checkReadable();
        }
    }

    @Test
    void row_level_security_that_hides_rows_is_told() {
        database.exec("CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t TO " + database.name());
        try (SourceProbe probe = SourceProbe.connect(ordinary, NAME); SourceProbe superuser = SourceProbe.connect(settings, NAME)) {
            fails("row-security", FailureKind.PERMANENT, probe::checkReadable).hasMessageContaining("public.t");
            superuser.checkReadable();
        }
    }

    @Test
    void why_it_can_not_connect_has_a_code_each_and_shows_no_password() {
        fails("source-unreachable", FailureKind.RETRIABLE,
                () -> SourceProbe.connect(ConnectionSettings.of("127.0.0.1", 1, "x", "y", new Password("s3cret")), NAME))
                .message().doesNotContain("s3cret");
        fails("source-auth-failed", FailureKind.PERMANENT, () -> SourceProbe.connect(ServerSettings.of(database.as("postgres", "s3cret")), NAME))
                .message().doesNotContain("s3cret");
        fails("source-auth-failed", FailureKind.PERMANENT,
                () -> SourceProbe.connect(ConnectionSettings.of(settings.host(), settings.port(), settings.database(), "postgres", null), NAME));
        fails("database-missing", FailureKind.PERMANENT, () -> SourceProbe.connect(settings.withDatabase("no such"), NAME));
        fails("socket-not-supported", FailureKind.PERMANENT,
                () -> SourceProbe.connect(ConnectionSettings.of("/tmp", 5432, "x", "y", new Password("z")), NAME));
    }

    @Test
    void a_server_without_tls_is_not_entered_when_tls_is_required() {
        ConnectionSettings encrypted = new ConnectionSettings(settings.host(), settings.port(), settings.database(),
                settings.user(), settings.password(), "require", Optional.empty(), Optional.empty(), Optional.empty());

        fails("source-unreachable", FailureKind.RETRIABLE, () -> SourceProbe.connect(encrypted, NAME)).hasMessageContaining("SSL");
    }

    @Test
    void the_advisory_lock_is_had_once_and_ends_with_the_session() {
        try (SourceProbe first = SourceProbe.connect(settings, NAME); SourceProbe second = SourceProbe.connect(settings, NAME)) {
            assertThat(first.tryLock()).isTrue();
            assertThat(second.tryLock()).isFalse();
            first.close();
            await().atMost(Duration.ofSeconds(30)).until(second::tryLock);
        }
    }

    @Test
    void a_snapshot_has_the_time_and_position_of_its_server() {
        String before = database.value("SELECT now()::timestamptz::text || '|' || pg_current_wal_lsn()::text");
        try (ExportedSnapshot snapshot = ExportedSnapshot.open(settings, NAME)) {
            assertThat(database.value("SELECT '%s'::timestamptz BETWEEN '%s'::timestamptz AND now()".formatted(snapshot.time(), before.split("\\|")[0])))
                    .isEqualTo("t");
            assertThat(snapshot.lsn()).isGreaterThanOrEqualTo(Lsn.parse(before.split("\\|")[1]));
            assertThat(snapshot.id()).matches("[0-9A-F]+-[0-9A-F]+-\\d+");
            assertThat(snapshot.isHeld()).isTrue();
        }
    }

    private static SourceDescription described(ConnectionSettings settings) {
        try (SourceProbe probe = SourceProbe.connect(settings, NAME)) {
            return probe.describe();
        }
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> fails(String code, FailureKind kind,
            ThrowingCallable act) {
        return assertThatThrownBy(act).isInstanceOfSatisfying(HoldfastException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e.nextStep()).isNotBlank();
        });
    }
}
