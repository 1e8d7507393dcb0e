package dev.holdfast.verifier.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A good backup, and programs that fail by themselves: what was not said twice does not refute it. */
@ExtendWith(PostgresExtension.class)
@ExtendWith(NeedsNamespaces.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailingToolsIT {

    private static final ProofOrder ARCHIVE = new ProofOrder(Level.ARCHIVE, List.of());
    private static final String ONCE = "mkdir $state/failed 2>/dev/null && exit 1\n";
    private static final String AND_THEN = "exec $real \"$@\"";
    private static final ProofOrder RESTORE = new ProofOrder(Level.RESTORE, List.of());
    /** Of an archive that is larger: its table of contents and the beginning of a table. */
    private static final String BEGINNING = "head -c 200000";

    @TempDir
    Path folder;
    private Bench bench;
    private ManifestDocument backup;
    private ManifestDocument larger;
    private int programs;

    @BeforeAll
    void one_backup(PostgresServer server, @TempDir Path repository) {
        Database source = server.createDatabase();
        source.exec("CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 10)");
        bench = new Bench(repository, server);
        backup = bench.backUp(source);
        Database large = server.createDatabase();
        large.exec("CREATE TABLE large AS SELECT md5(a::text) FROM generate_series(1, 40000) a");
        larger = bench.backUp(large);
    }

    @Test
    void a_program_that_fails_once_at_each_step_of_a_proof_refutes_nothing() {
        for (String step : List.of("*--file=-*", "*--exit-on-error*")) {
            Verification proof = with("pg_restore", "case \"$*\" in " + step + ") " + ONCE.strip() + ";; esac\n" + AND_THEN).prove(backup);
            assertThat(proof.outcome()).as(step + proof).isEqualTo("verified");
            assertThat(proof.level()).isEqualTo("equal");
            assertThat(proof.counts().rows()).isEqualTo(10);
        }
        assertThat(with("psql", ONCE + AND_THEN).prove(backup).outcome()).isEqualTo("verified");
    }

    /** Of a restore: {@link HostileBackupsIT}. */
    @Test
    void one_that_fails_in_the_same_way_twice_does() {
        Verification reading = with("pg_restore", "exit 1").prove(backup, ARCHIVE);
        assertThat(reading.outcome()).isEqualTo("refuted");
        assertThat(reading.findings()).singleElement().satisfies(found -> assertThat(found.what()).isEqualTo("archive"));
    }

    @Test
    void one_that_fails_twice_in_different_ways_leaves_it_unproven() {
        Verification proof = with("pg_restore", ONCE + "case \"$*\" in *--exit-on-error*) exit 1;; esac\n" + AND_THEN).prove(backup);
        unprovenByTool(proof);
    }

    @ParameterizedTest
    @ValueSource(strings = { "out of memory", "pg_restore: error: out of memory",
            "pg_restore: error: cannot restore from compressed archive (this build does not support compression with zstd)" })
    void one_that_lacks_memory_or_a_compression_leaves_it_unproven_at_once(String said) {
        Verification proof = with("pg_restore", ONCE.replace("exit 1", "{ echo '" + said + "' >&2; exit 1; }") + AND_THEN).prove(backup, ARCHIVE);
        unprovenByTool(proof);
        assertThat(proof.detail()).contains("ran out of memory").contains("compression");
    }

    @Test
    void one_that_lacks_memory_while_it_restores_leaves_it_unproven() {
        for (String program : List.of("pg_restore", "psql")) {
            unprovenByTool(with(program, "case \"$*\" in *--dbname=*) echo " + program + ": error: out of memory >&2; exit 1;; esac\n"
                    + AND_THEN).prove(backup));
        }
    }

    @Test
    void one_that_lacks_memory_while_it_fills_a_table_leaves_it_unproven() {
        unprovenByTool(restoring(BEGINNING + " | $real \"$@\"; echo 'pg_restore: error: out of memory' >&2; exit 1").prove(larger, RESTORE));
    }

    /** As pg_restore itself asks where it fails, and as an administrator or a memory guard does. */
    @ParameterizedTest
    @ValueSource(strings = { "pg_cancel_backend", "pg_terminate_backend" })
    void a_session_that_is_broken_off_once_while_it_fills_a_table_refutes_nothing(String blow) {
        String strike = "${real%%/*}/psql -XAtqd postgres -c \"SELECT %s(pid) FROM pg_stat_activity WHERE query LIKE 'COPY public.large%%'\""
                .formatted(blow);
        Verification proof = restoring("mkdir $state/begun 2>/dev/null && { { " + BEGINNING + "; tries=0\n"
                + "until " + strike + " | grep -q t; do tries=$((tries + 1)); [ $tries -lt 300 ] || exit; sleep 0.1; done\n"
                + "mkdir $state/struck; cat; } | $real \"$@\"; exit; }").prove(larger, RESTORE);
        assertThat(folder.resolve("programs" + (programs - 1)).resolve("state/struck")).isDirectory();
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("verified");
    }

    @Test
    void one_that_is_killed_or_cannot_be_loaded_is_the_verifiers_own_trouble() {
        Bench killed = with("pg_restore", "exit 137");
        assertThat(catchThrowableOfType(HoldfastException.class, () -> killed.prove(backup, ARCHIVE)).code()).isEqualTo("program-killed");
        Bench notLoaded = with("pg_restore", "exit 127");
        assertThat(catchThrowableOfType(HoldfastException.class, () -> notLoaded.prove(backup, ARCHIVE)).code()).isEqualTo("program-not-started");
    }

    private static void unprovenByTool(Verification proof) {
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("unproven");
        assertThat(proof.reason()).isEqualTo("tool");
    }

    private Bench restoring(String script) {
        return with("pg_restore", "case \"$*\" in *--exit-on-error*) " + script + ";; esac\n" + AND_THEN);
    }

    private Bench with(String program, String script) {
        return bench.program(folder.resolve("programs" + programs++), program, script);
    }
}
