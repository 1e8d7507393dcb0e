package dev.holdfast.verifier.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An archive holds how to fill a materialized view, not what is in it: a query that fails here is no defect. */
@ExtendWith(PostgresExtension.class)
@ExtendWith(NeedsNamespaces.class)
class MaterializedViewsIT {

    /** The function finds its table by a search_path that a restore does not have. */
    private static final String DATA = """
            CREATE TABLE rates (a int CONSTRAINT few CHECK (a::text::varchar(3) IN ('1', '2')));
            INSERT INTO rates VALUES (1), (2);
            CREATE FUNCTION rate() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM rates); END';
            CREATE MATERIALIZED VIEW "odd 1" AS SELECT rate() AS r;
            CREATE MATERIALIZED VIEW fine AS SELECT count(*) FROM public.rates;
            CREATE MATERIALIZED VIEW finer AS SELECT * FROM fine;
            CREATE MATERIALIZED VIEW above AS SELECT * FROM "odd 1";
            CREATE MATERIALIZED VIEW never AS SELECT 1 AS a WITH NO DATA;
            CREATE UNIQUE INDEX ON fine (count);
            """;

    @TempDir
    Path folder;

    @Test
    void a_view_that_cannot_be_refreshed_is_noted_and_the_rest_verified(PostgresServer server, Database database) {
        database.exec(DATA);
        Verification proof = new Bench(folder, server).prove(database);
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("verified");
        assertThat(proof.level()).isEqualTo("equal");
        assertThat(proof.counts().rows()).isEqualTo(2);
        assertThat(proof.notCompared()).containsExactlyInAnyOrder(
                "contents of materialized view public.odd 1: could not be refreshed",
                "contents of materialized view public.above: could not be refreshed",
                "contents of materialized view public.fine", "contents of materialized view public.finer",
                "contents of materialized view public.never");
    }

    @Test
    void a_database_that_also_forbids_every_change_by_an_event_trigger(PostgresServer server, Database database) {
        database.exec(DATA);
        database.exec("""
                CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''forbidden''; END';
                CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE FUNCTION no();
                """);
        Verification proof = new Bench(folder, server).prove(database);
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("verified");
        assertThat(proof.notCompared()).noneMatch(note -> note.contains("pg_amcheck"));
    }

    @Test
    void a_row_that_is_lost_beside_it_is_found(PostgresServer server, Database database) {
        database.exec(DATA);
        Verification proof = new Bench(folder, server).afterRestore(database.name(), "DELETE FROM rates WHERE a = 2").prove(database);
        assertThat(proof.outcome()).isEqualTo("refuted");
        assertThat(proof.findings()).singleElement().satisfies(f -> assertThat(f.where()).isEqualTo("public.rates"));
    }

    @Test
    void an_index_that_cannot_be_made_beside_it_refutes(PostgresServer server, Database database) {
        database.exec(DATA);
        database.exec("CREATE FUNCTION pure(int) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN rate(); END';"
                + "CREATE INDEX broken ON rates (pure(a))");
        Verification proof = new Bench(folder, server).prove(database);
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("refuted");
        assertThat(proof.findings()).singleElement().satisfies(f -> assertThat(f.where()).startsWith("INDEX public broken"));
    }

    @Test
    void a_filled_view_that_is_empty_afterwards_is_found(PostgresServer server, Database database) {
        database.exec("CREATE MATERIALIZED VIEW fine AS SELECT 1 AS a");
        Verification proof = new Bench(folder, server).afterRestore(database.name(), "REFRESH MATERIALIZED VIEW fine WITH NO DATA").prove(database);
        assertThat(proof.outcome()).isEqualTo("refuted");
        assertThat(proof.findings()).singleElement().satisfies(f -> assertThat(f.where()).isEqualTo("public.fine"));
    }
}
