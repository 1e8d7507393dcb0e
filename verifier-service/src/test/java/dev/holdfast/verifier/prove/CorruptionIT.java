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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Damage that no dump shows: rows and definitions are as they were, and an index does not hold a row. */
@ExtendWith(PostgresExtension.class)
@ExtendWith(NeedsNamespaces.class)
class CorruptionIT {

    @TempDir
    Path folder;

    /** Whatever ended it: a check without its end is none. */
    @Test
    void a_check_that_did_not_come_to_its_end_verifies_nothing(PostgresServer server, Database database) {
        database.exec("CREATE TABLE t (a int)");
        Bench bench = new Bench(folder, server);
        ManifestDocument backup = bench.backUp(database);
        Verification refused = bench.program(folder.resolve("exit"), "pg_amcheck", "exit 1").prove(backup);
        assertThat(refused.outcome()).as(refused.toString()).isEqualTo("unproven");
        assertThat(refused.reason()).isEqualTo("tool");
        assertThat(refused.detail()).contains("pg_amcheck ended with exit code 1");
        // As unshare ends whose child was killed; the first process of a namespace can't kill itself.
        Bench killing = bench.program(folder.resolve("kill"), "pg_amcheck", "exit 137");
        assertThat(catchThrowableOfType(HoldfastException.class, () -> killing.prove(backup)).code()).isEqualTo("program-killed");
        assertThat(bench.repository.verifications().of(backup)).extracting(found -> found.verification().outcome()).containsExactly("unproven");
    }

    @Test
    void an_index_that_lacks_a_row_is_refuted_by_name(PostgresServer server, Database database) {
        database.exec("CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 100); CREATE INDEX lacking ON t (a)");
        Verification proof = new Bench(folder, server).afterRestore(database.name(), """
                UPDATE pg_index SET indisready = false WHERE indexrelid = 'lacking'::regclass;
                DELETE FROM t WHERE a = 50;
                INSERT INTO t VALUES (50);
                UPDATE pg_index SET indisready = true WHERE indexrelid = 'lacking'::regclass
                """).prove(database);
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("refuted");
        assertThat(proof.level()).isEqualTo("restore");
        assertThat(proof.findings()).singleElement().satisfies(f -> {
            assertThat(f.what()).isEqualTo("corruption");
            assertThat(f.where()).isEqualTo("btree index " + database.name() + ".public.lacking");
        });
    }
}
