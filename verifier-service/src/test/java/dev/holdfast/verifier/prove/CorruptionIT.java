package dev.holdfast.verifier.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Damage that no dump shows: rows and definitions are as they were, and an index does not hold a row. */
@ExtendWith(PostgresExtension.class)
class CorruptionIT {

    @TempDir
    Path folder;

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
