package dev.holdfast.postgres.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Password;

class CommandArgumentsTest {

    private static final ConnectionSettings SOURCE =
            ConnectionSettings.of("db.example", 5432, "shop", "backup", new Password("s3cret"));

    @Test
    void pg_dump_before_16_leaves_compression_to_us() {
        assertThat(dump(SOURCE, Optional.of("00000003-0000001B-1")).arguments(tools(15))).containsExactly("--format=custom",
                "--no-password", "--lock-wait-timeout=60000", "--compress=0", "--snapshot=00000003-0000001B-1", "--dbname=dbname='shop'");
        assertThat(PgDump.compression(tools(15))).isEqualTo("none");
    }

    @ParameterizedTest
    @ValueSource(ints = { 16, 17, 18 })
    void pg_dump_from_16_compresses_inside(int major) {
        assertThat(dump(SOURCE, Optional.empty()).arguments(tools(major))).containsExactly("--format=custom",
                "--no-password", "--lock-wait-timeout=60000", "--compress=zstd:3", "--dbname=dbname='shop'");
        assertThat(PgDump.compression(tools(major))).isEqualTo("zstd-inside");
    }

    @Test
    void role_passwords_are_dumped_only_where_that_is_wanted() {
        assertThat(new PgDumpAll(SOURCE, "holdfast", true, Duration.ofSeconds(60)).arguments(tools(15)))
                .containsExactly("--globals-only", "--no-password", "--lock-wait-timeout=60000", "--database=dbname='shop'");
        assertThat(new PgDumpAll(SOURCE, "holdfast", false, Duration.ofSeconds(60)).arguments(tools(15)))
                .contains("--no-role-passwords");
    }

    @Test
    void pg_restore_reads_stdin_or_a_file_with_jobs() {
        assertThat(PgRestore.list().arguments(tools(15))).containsExactly("--format=custom", "--list", "--create");
        assertThat(PgRestore.script().arguments(tools(15))).containsExactly("--format=custom", "--create", "--file=-");
        assertThat(PgRestore.into(SOURCE).arguments(tools(15))).containsExactly("--format=custom", "--exit-on-error", "--verbose",
                "--no-password", "--dbname=dbname='shop'");
        assertThat(PgRestore.creating(SOURCE).fromFile(Path.of("/x/data.dump"), 4).arguments(tools(15))).containsExactly(
                "--format=custom", "--exit-on-error", "--verbose", "--no-password", "--dbname=dbname='shop'", "--create", "--jobs=4", "/x/data.dump");
        assertThatThrownBy(() -> new PgRestore(PgRestore.Act.INTO, Optional.empty(), Optional.of(SOURCE), 2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void psql_reads_no_startup_file_and_stops_at_the_first_error() {
        assertThat(new Psql(SOURCE, "holdfast", Psql.Output.CSV).arguments(tools(15))).containsExactly("--no-psqlrc",
                "--no-password", "--quiet", "--set=ON_ERROR_STOP=1", "--tuples-only", "--csv", "--dbname=dbname='shop'", "--file=-");
    }

    @Test
    void initdb_names_a_provider_only_where_it_knows_them() {
        LocaleSettings icu = new LocaleSettings("UTF8", "C", "C", "icu", Optional.of("de-DE"));

        assertThat(new Initdb(Path.of("/d"), "su", icu).arguments(tools(15))).contains("--locale-provider=icu", "--icu-locale=de-DE");
        assertThat(new Initdb(Path.of("/d"), "su", LocaleSettings.libc("UTF8", "C", "C")).arguments(tools(14)))
                .contains("--encoding=UTF8", "--lc-collate=C", "--auth=trust").noneMatch(argument -> argument.contains("provider"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "a=b", "postgres://x", "-d", "it's", "back\\slash", "two words", "../x", "é" })
    void a_database_name_is_always_a_quoted_name_and_never_a_connection_string(String name) {
        List<String> last = Stream.of(dump(SOURCE.withDatabase(name), Optional.empty()),
                PgRestore.into(SOURCE.withDatabase(name)), new PgAmcheck(SOURCE.withDatabase(name), 1))
                .map(command -> command.arguments(tools(15)).getLast()).toList();

        String quoted = "dbname='" + name.replace("\\", "\\\\").replace("'", "\\'") + "'";
        assertThat(last).containsExactly("--dbname=" + quoted, "--dbname=" + quoted, quoted);
    }

    @Test
    void no_argument_and_no_variable_holds_the_password() {
        Stream<PostgresCommand> all = Stream.of(dump(SOURCE, Optional.empty()),
                new PgDumpAll(SOURCE, "holdfast", true, Duration.ZERO), PgRestore.into(SOURCE),
                new Psql(SOURCE, "holdfast", Psql.Output.CSV), new PgAmcheck(SOURCE, 1));

        assertThat(all).allSatisfy(command -> {
            assertThat(command.arguments(tools(17)).toString()).doesNotContain("s3cret");
            assertThat(ConnectionEnvironment.of(SOURCE, "holdfast").toString()).doesNotContain("s3cret");
            assertThat(command.toString()).doesNotContain("s3cret");
        });
    }

    private static PgDump dump(ConnectionSettings source, Optional<String> snapshot) {
        return new PgDump(source, "holdfast/x/1", snapshot, Duration.ofSeconds(60));
    }

    private static ToolSet tools(int major) {
        return new ToolSet(Path.of("/usr/lib/postgresql/" + major + "/bin"), major + ".1", major, 1);
    }
}
