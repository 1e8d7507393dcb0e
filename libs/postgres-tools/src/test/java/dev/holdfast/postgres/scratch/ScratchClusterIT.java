package dev.holdfast.postgres.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.testkit.NeedsNamespaces;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.ServerSettings;
import dev.holdfast.postgres.program.PgAmcheck;
import dev.holdfast.postgres.program.PgDump;
import dev.holdfast.postgres.program.PgDumpAll;
import dev.holdfast.postgres.program.PgRestore;
import dev.holdfast.postgres.program.PostgresCommand;
import dev.holdfast.postgres.program.RunningProgram;
import dev.holdfast.testkit.PostgresServer;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NeedsNamespaces.class)
class ScratchClusterIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @TempDir
    static Path parent;

    private ScratchCluster cluster;

    @BeforeAll
    void start() throws IOException {
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        cluster = ScratchCluster.start(Scratches.spec(parent, "UTF8", "C.UTF-8"));
    }

    @AfterAll
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void it_answers_queries_and_has_a_superuser_that_no_dump_creates() {
        assertThat(query("SELECT 'a,\"b', E'two\\nlines', NULL, 'é'")).containsExactly(List.of("a,\"b", "two\nlines", "", "é"));
        assertThat(query("SELECT 1 WHERE false")).isEmpty();
        assertThat(query("SELECT rolname FROM pg_roles WHERE rolsuper")).contains(List.of(cluster.superuser()));
        assertThat(cluster.superuser()).matches("holdfast_[0-9a-f]{16}");
        fails("sql-failed", () -> query("SELECT 'private'::int")).message().doesNotContain("private");
    }

    @Test
    void a_dump_with_roles_and_a_tablespace_is_restored_checked_and_dumped_again() throws IOException {
        PostgresServer server = PostgresServer.shared();
        Path place = Files.createDirectory(server.socketFolder().resolve("place"));
        Files.setOwner(place, Files.getOwner(server.dataFolder()));
        PostgresServer.Database source = server.createDatabase("sour ce=é");
        source.exec("CREATE ROLE \"own er\" LOGIN PASSWORD 'x'; CREATE ROLE helper; GRANT helper TO \"own er\"");
        source.exec("CREATE TABLESPACE quick LOCATION '%s'".formatted(place));
        source.exec("CREATE TABLE t (a int PRIMARY KEY) TABLESPACE quick; INSERT INTO t SELECT generate_series(1, 1000)");
        source.exec("ALTER TABLE t OWNER TO \"own er\"");
        ConnectionSettings settings = ServerSettings.of(source);
        byte[] globals = printed(new PgDumpAll(settings, "holdfast", true, TIMEOUT));
        Path archive = Files.write(cluster.inbox().resolve("data.dump"), printed(dump(settings)));

        cluster.applyGlobals(new ByteArrayInputStream(globals), TIMEOUT);
        run(PgRestore.creating(cluster.connection("postgres")).fromFile(archive, cluster.jobs()));

        assertThat(cluster.query(source.name(), "SELECT count(*), sum(a) FROM t", TIMEOUT)).containsExactly(List.of("1000", "500500"));
        assertThat(cluster.query(source.name(), "SELECT tableowner, tablespace FROM pg_tables WHERE tablename = 't'", TIMEOUT))
                .containsExactly(List.of("own er", "quick"));
        run(new PgAmcheck(cluster.connection(source.name()), 2));
        run(dump(cluster.connection(source.name())));
    }

    @Test
    void a_hostile_function_reads_no_key_and_reaches_no_network_and_no_other_process() throws IOException {
        Path key = Files.createTempFile(parent, "private-", ".key",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, "private key");
        Path open = Files.writeString(parent.resolve("world-readable.yml"), "secret: visible");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(inside("echo it runs")).contains("it runs");
        assertThat(inside("touch %s/planted && echo it writes".formatted(cluster.inbox()))).doesNotContain("it writes");
        assertThat(inside("cat " + key)).doesNotContain("private key\n");
        assertThat(inside("id")).doesNotContain("uid=0(root)").contains("uid=");
        assertThat(inside("grep -h -e CapEff -e NoNewPrivs /proc/self/status")).contains("0000000000000000").containsPattern("NoNewPrivs:\\s+1");
        assertThat(inside("tr '\\000' '\\n' < /proc/$PPID/environ")).contains("PATH=").doesNotContain("HOME=", "JAVA", "PASS");
        assertThat(inside("cat " + open)).doesNotContain("visible");
        assertThat(inside("exec 3<>/dev/tcp/127.0.0.1/%d && echo reached it".formatted(PostgresServer.shared().port())))
                .containsPattern("Network is unreachable|Connection refused").doesNotContain("reached it\n");
        assertThat(inside("cat /proc/net/dev")).contains("lo:").doesNotContain("eth", "en0", "ens");
        assertThat(inside("cat /proc/[0-9]*/cmdline | tr '\\000' ' '")).contains("postgres").doesNotContain("java");
    }

    @Test
    void globals_that_hold_a_command_are_refused_and_nothing_of_them_runs() {
        byte[] hostile = "CREATE ROLE never;\n\\! touch /tmp/never\n".getBytes(StandardCharsets.UTF_8);

        fails("globals-refused", () -> cluster.applyGlobals(new ByteArrayInputStream(hostile), TIMEOUT));

        assertThat(query("SELECT 1 FROM pg_roles WHERE rolname = 'never'")).isEmpty();
    }

    @Test
    void what_is_missing_on_this_machine_has_a_code() throws IOException {
        Path place = Files.createDirectory(parent.resolve("missing"));
        ScratchSpec spec = Scratches.spec(place, "UTF8", "C");

        fails("locale-missing", () -> ScratchCluster.start(Scratches.spec(place, "UTF8", "xx_YY.UTF-8")).close());
        fails("library-missing", () -> ScratchCluster.start(Scratches.spec(place, "UTF8", "C", "no_such_library")).close());
        fails("library-missing", () -> ScratchCluster.start(Scratches.spec(place, "UTF8", "C", "/tmp/../x'")).close());
        fails("scratch-path-too-long",
                () -> ScratchCluster.start(Scratches.spec(place.resolve("x".repeat(90)), "UTF8", "C")).close());
        assertThat(place.resolve("x".repeat(90))).isEmptyDirectory();
        Files.delete(place.resolve("x".repeat(90)));
        assertThat(place).as("what a cluster that never started left").isEmptyDirectory();
        fails("library-missing", () -> query("CREATE EXTENSION no_such_extension"));
        fails("locale-missing", () -> query("CREATE DATABASE x TEMPLATE template0 LOCALE 'xx_YY.UTF-8'"));
        assertThat(spec.tools().hasServer()).isTrue();
    }

    @Test
    void what_a_function_raises_is_never_taken_for_trouble_of_this_machine() {
        for (String raised : List.of("'could not extend file: No space left on device private', ERRCODE '53100'",
                "'could not access file \"$libdir/private\"', ERRCODE '58P01'", "'out of memory private', ERRCODE '53200'",
                "'terminating connection private', ERRCODE '57P02'", "'connection to server private failed', ERRCODE '08006'")) {
            fails("sql-failed", () -> query("DO $$ BEGIN RAISE EXCEPTION USING MESSAGE = %s; END $$".formatted(
                    raised.replace("ERRCODE '", "ERRCODE = '")))).message().doesNotContain("private");
        }
        fails("tool-failed", () -> query("SET log_min_messages = panic; SELECT 1 / 0")).message().contains("tells of no error");
    }

    @Test
    void limits_of_the_server_and_its_end_are_trouble_of_this_machine() throws IOException {
        query("CREATE FUNCTION deeper(a int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN deeper(a + 1); END'");
        fails("scratch-limit", () -> query("SELECT deeper(1)"));
        Path place = Files.createDirectory(parent.resolve("killed"));
        try (ScratchCluster other = ScratchCluster.start(Scratches.spec(place, "UTF8", "C"))) {
            fails("scratch-server-gone", () -> other.query("postgres", "COPY (SELECT 1) TO PROGRAM 'kill -s KILL $PPID; sleep 60'", TIMEOUT));
            assertThat(other.isAlive()).isFalse();
        }
    }

    @Test
    void a_disk_that_is_full_is_told_by_the_place_that_found_it_full() throws IOException, InterruptedException {
        Path place = Files.createDirectory(parent.resolve("small"));
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
        assumeTrue(command("mount", "-t", "tmpfs", "-o", "size=160m,mode=0755", "tmpfs", place.toString()) == 0,
                "this process may not mount a small disk");
        try (ScratchCluster other = ScratchCluster.start(Scratches.spec(place, "UTF8", "C"))) {
            fails("disk-full", () -> other.query("postgres",
                    "CREATE TABLE large AS SELECT repeat('x', 2000) FROM generate_series(1, 150000)", TIMEOUT));
        } finally {
            command("umount", place.toString());
        }
    }

    private static int command(String... words) throws IOException, InterruptedException {
        return new ProcessBuilder(words).inheritIO().start().waitFor();
    }

    @Test
    void closing_leaves_no_process_and_no_folder() throws IOException {
        Path own = Files.createDirectory(parent.resolve("own"));
        ScratchCluster other = ScratchCluster.start(Scratches.spec(own, "SQL_ASCII", "C", "auto_explain"));
        assertThat(other.query("postgres", "SHOW server_encoding", TIMEOUT)).containsExactly(List.of("SQL_ASCII"));
        assertThat(processesNaming(own)).isPositive();

        other.close();

        assertThat(own).isEmptyDirectory();
        assertThat(processesNaming(own)).isZero();
    }

    @Test
    void what_a_dead_process_left_is_removed_and_what_a_living_one_uses_is_not() throws IOException {
        Path place = Files.createDirectory(parent.resolve("shared"));
        Files.createFile(place.resolve("scratch-0123abcd.lock"));
        Files.createDirectories(place.resolve("scratch-0123abcd/data/base"));
        Files.createFile(place.resolve("scratch-0123abcd/data/base/1"));
        Files.createDirectories(place.resolve("somebody-elses"));

        ScratchFolder first = ScratchFolder.create(place);
        ScratchFolder second = ScratchFolder.create(place);

        assertThat(place.resolve("scratch-0123abcd")).doesNotExist();
        assertThat(first.path()).exists();
        first.remove();
        second.remove();
        assertThat(place.toFile().list()).containsExactly("somebody-elses");
    }

    private static long processesNaming(Path folder) {
        return ProcessHandle.allProcesses().filter(process -> process.info().commandLine().orElse("").contains(folder.toString())).count();
    }

    /** Runs a command as a restored superuser's function could. */
    private String inside(String command) {
        return String.join("\n", cluster.query("postgres", """
                CREATE TEMP TABLE printed (line text);
                COPY printed FROM PROGRAM $x$bash -c "%s" 2>&1 | tr '\\134\\011' '/ ' ; true$x$;
                SELECT line FROM printed""".formatted(command.replace("$", "\\$")), TIMEOUT).stream().map(List::getFirst).toList()) + "\n";
    }

    private void run(PostgresCommand command) {
        command.check(cluster.run(command, InputStream.nullInputStream(), TIMEOUT));
    }

    private static PgDump dump(ConnectionSettings settings) {
        return new PgDump(settings, "holdfast", Optional.empty(), TIMEOUT);
    }

    private static byte[] printed(PostgresCommand command) throws IOException {
        try (RunningProgram program = command.start(Scratches.tools())) {
            byte[] output = program.stdout().readAllBytes();
            command.check(program.await(TIMEOUT));
            return output;
        }
    }

    private List<List<String>> query(String sql) {
        return cluster.query("postgres", sql, TIMEOUT);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> fails(String code, ThrowingCallable act) {
        return assertThatThrownBy(act).isInstanceOfSatisfying(HoldfastException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
