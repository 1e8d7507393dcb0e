package dev.holdfast.verifier.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A database or a role may carry settings that disturb a restore, or that change the text of a dump: healthy all the same. */
@ExtendWith(PostgresExtension.class)
@ExtendWith(NeedsNamespaces.class)
class DisturbingSettingsIT {

    private static final String DATA = """
            CREATE TYPE mood AS ENUM ('good', 'bad');
            CREATE TABLE t (id int PRIMARY KEY, b bytea, ts timestamptz, i interval, f float8, m money, a int[], x xml, "Ä" text,
                s varchar(5) CHECK (s IN ('a', 'b')), mood mood, parent int REFERENCES t);
            INSERT INTO t VALUES (1, '\\x00ff41', '2024-06-01 12:00+00', '-1 mon +2 days -03:04:05', 0.1::float8 + 0.2, 1234.5,
                '{1,NULL}', '<a/>', 'é', 'a', 'good', NULL), (2, '\\x5c', 'infinity', '1 day', 'NaN', -1, '{}', NULL, '', 'b', 'bad', 1);
            CREATE FUNCTION rate(m mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE VIEW v AS SELECT id, "Ä" FROM t WHERE s IN ('a', 'c') AND i > '1 day';
            CREATE SCHEMA odd;
            """;

    @TempDir
    Path folder;
    private String changedRole;
    private Database maintenance;

    @AfterEach
    void role_as_before() {
        if (changedRole != null) {
            maintenance.exec("ALTER ROLE \"" + changedRole + "\" RESET ALL");
        }
    }

    @Test
    void a_database_that_is_read_only_by_default_and_cancels_everything_at_once(PostgresServer server, Database database) {
        database.exec(DATA);
        String name = database.name();
        server.database("postgres").exec("""
                ALTER DATABASE %1$s SET default_transaction_read_only = on;
                ALTER DATABASE %1$s SET statement_timeout = '20ms';
                ALTER DATABASE %1$s SET lock_timeout = 1;
                ALTER DATABASE %1$s SET idle_in_transaction_session_timeout = 1;
                ALTER DATABASE %1$s SET session_replication_role = replica;
                ALTER DATABASE %1$s SET row_security = off;
                ALTER DATABASE %1$s SET search_path = odd, pg_temp;
                ALTER DATABASE %1$s SET array_nulls = off;
                ALTER DATABASE %1$s SET transform_null_equals = on;
                ALTER DATABASE %1$s SET default_transaction_isolation = serializable;
                """.formatted(name));
        Verification proof = verified(server, database);
        assertThat(proof.counts().rows()).isEqualTo(2);
        assertThat(proof.notCompared()).isEmpty();
    }

    @Test
    void a_database_that_preloads_a_library_of_another_machine(PostgresServer server, Database database) {
        database.exec(DATA);
        // The driver's session was there before: a new one could not start at the source, either.
        String name = database.name();
        Bench bench = new Bench(folder, server).archive(bytes -> new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)
                .replace("auto_explain", "buto_explain").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        server.database("postgres").exec("ALTER DATABASE %s SET session_preload_libraries = 'auto_explain'".formatted(name));
        Verification proof = bench.prove(database);
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("verified");
    }

    @Test
    void a_database_with_styles_of_its_own(PostgresServer server, Database database) {
        database.exec(DATA);
        String name = database.name();
        database.exec("""
                ALTER DATABASE %1$s SET bytea_output = 'escape';
                ALTER DATABASE %1$s SET intervalstyle = 'sql_standard';
                ALTER DATABASE %1$s SET extra_float_digits = -15;
                ALTER DATABASE %1$s SET datestyle = 'SQL, DMY';
                ALTER DATABASE %1$s SET timezone = 'Asia/Kathmandu';
                ALTER DATABASE %1$s SET quote_all_identifiers = on;
                ALTER DATABASE %1$s SET client_encoding = 'LATIN1';
                ALTER DATABASE %1$s SET lc_monetary = 'C.UTF-8';
                ALTER DATABASE %1$s SET xmloption = document;
                """.formatted(name));
        verified(server, database);
    }

    @Test
    void a_role_with_styles_of_its_own_dumped(PostgresServer server, Database database) {
        database.exec(DATA);
        role(server, database, List.of("bytea_output = 'escape'", "intervalstyle = 'sql_standard'", "extra_float_digits = -15",
                "datestyle = 'SQL, DMY'", "timezone = 'Asia/Kathmandu'", "client_encoding = 'LATIN1'", "xmloption = document"));
        verified(server, database);
    }

    @Test
    void a_role_that_quotes_everything_dumped(PostgresServer server, Database database) {
        database.exec(DATA);
        role(server, database, List.of("quote_all_identifiers = on"));
        verified(server, database);
    }

    private void role(PostgresServer server, Database database, List<String> settings) {
        maintenance = server.database("postgres");
        changedRole = database.user();
        settings.forEach(setting -> maintenance.exec("ALTER ROLE \"" + changedRole + "\" SET " + setting));
    }

    private Verification verified(PostgresServer server, Database database) {
        Verification proof = new Bench(folder, server).prove(database);
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("verified");
        return proof;
    }
}
