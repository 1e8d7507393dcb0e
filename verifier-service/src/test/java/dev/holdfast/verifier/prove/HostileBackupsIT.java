package dev.holdfast.verifier.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.crypto.KeyGenerator;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A dump is hostile input: restoring it runs its owner's functions, as a superuser where it likes. */
@ExtendWith(PostgresExtension.class)
@ExtendWith(NeedsNamespaces.class)
class HostileBackupsIT {

    @TempDir
    Path folder;

    @Test
    void a_dump_that_tries_to_read_the_verifiers_key_gets_nothing(PostgresServer server, Database database) throws IOException {
        Path secret = folder.resolve("sec.asc");
        KeyGenerator.generate("x <x@example>", new char[0], folder.resolve("pub.asc"), secret, Clock.systemUTC());
        // Even a key that every user of the machine may read.
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        database.exec("""
                CREATE TABLE loot (way text, content text);
                CREATE FUNCTION steal(a int) RETURNS int LANGUAGE plpgsql AS $fn$
                DECLARE way text;
                BEGIN
                  IF session_user LIKE 'holdfast%%' THEN
                    FOREACH way IN ARRAY ARRAY['cat %1$s', 'cat /proc/1/environ /proc/*/environ', 'ls -R /root /home', 'ls /proc/self/root%2$s'] LOOP
                      BEGIN
                        EXECUTE format('COPY public.loot (content) FROM PROGRAM %%L', way || ' 2>/dev/null || true');
                      EXCEPTION WHEN OTHERS THEN INSERT INTO public.loot VALUES (way, 'refused: ' || SQLERRM); END;
                    END LOOP;
                    BEGIN INSERT INTO public.loot VALUES ('file', pg_read_file('%1$s')); EXCEPTION WHEN OTHERS THEN INSERT INTO public.loot VALUES ('file', 'refused: ' || SQLERRM); END;
                    INSERT INTO public.loot VALUES ('ran', 'ran');
                  END IF;
                  RETURN a;
                END $fn$;
                CREATE FUNCTION trap(a int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN public.steal(a); END';
                CREATE TABLE victim (a int);
                INSERT INTO victim VALUES (1);
                CREATE INDEX trap ON victim (trap(a));
                """.formatted(secret, folder));
        List<String> loot = new CopyOnWriteArrayList<>();
        List<String> isolation = new ArrayList<>();
        Bench bench = new Bench(folder, server).encryptedTo(folder.resolve("pub.asc")).withKey(secret).afterRestore(cluster -> {
            cluster.query(database.name(), "SELECT coalesce(content, '') FROM loot", Duration.ofMinutes(1))
                    .forEach(row -> loot.add(row.getFirst()));
            isolation.add(cluster.isolation().label());
        });
        ManifestDocument backup = bench.backUp(database);
        Verification proof = bench.prove(backup);
        assertThat(loot).as("the trap was sprung").contains("ran");
        assertThat(String.join("\n", loot)).doesNotContain("PGP PRIVATE KEY").doesNotContain(secret.getFileName().toString() + "\n")
                .doesNotContain("PATH=/root").doesNotContain("JAVA_HOME");
        assertThat(isolation).containsExactly(proof.isolation());
        // What it wrote is not in the archive: the theft itself is a finding.
        assertThat(proof.outcome()).isEqualTo("refuted");
        assertThat(proof.findings()).anyMatch(finding -> finding.where().equals("public.loot"));
    }

    /** A pg_restore that the archive took over stands for the flaw in a parser that nobody knows yet. */
    @Test
    void what_parses_an_archive_without_a_scratch_server_sees_no_key_either(PostgresServer server, Database database) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "PRIVATE");
        Path programs = folder.resolve("programs");
        Bench bench = new Bench(folder, server).program(programs, "pg_restore",
                "cat " + secret + " /proc/1/environ > $state/loot 2>/dev/null; exec $real \"$@\"");
        Verification proof = bench.prove(bench.backUp(database), new ProofOrder(Level.ARCHIVE, List.of()));
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("verified");
        assertThat(proof.isolation()).isNotEqualTo("none");
        assertThat(Files.readString(programs.resolve("state/loot"))).doesNotContain("PRIVATE").doesNotContain("JAVA_HOME");
        assertThat(bench.scratch()).isEmptyDirectory();
    }

    @Test
    void where_no_wall_can_be_built_an_archive_is_read_all_the_same_and_the_proof_says_so(PostgresServer server, Database database) throws Exception {
        Path file = Files.writeString(folder.resolve("no-folder"), "");
        Bench bench = new Bench(folder, server).scratchIn(file.resolve("scratch"));
        Verification proof = bench.prove(bench.backUp(database), new ProofOrder(Level.ARCHIVE, List.of()));
        assertThat(proof.outcome()).isEqualTo("verified");
        assertThat(proof.isolation()).isEqualTo("none");
    }

    @Test
    void a_command_of_psql_among_the_globals_is_not_executed(PostgresServer server, Database database) {
        Path trace = folder.resolve("trace");
        for (String command : List.of("\n\\! touch " + trace + "\n", "\nCREATE ROLE x \\! touch " + trace + "\n;\n")) {
            Verification proof = new Bench(folder, server).globals(sql -> sql + command).prove(database);
            assertThat(proof.outcome()).isEqualTo("refuted");
            assertThat(proof.findings().getFirst().what()).isEqualTo("globals");
            assertThat(trace).doesNotExist();
        }
    }

    @Test
    void a_trigger_of_the_dump_that_deletes_rows_while_it_is_restored_is_found(PostgresServer server, Database database) {
        database.exec("""
                CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 10);
                CREATE FUNCTION eat(int) RETURNS int LANGUAGE plpgsql AS
                  'BEGIN IF session_user LIKE ''holdfast%'' THEN DELETE FROM public.t WHERE a = 7; END IF; RETURN $1; END';
                CREATE FUNCTION trap(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN public.eat($1); END';
                CREATE TABLE z (a int); INSERT INTO z VALUES (1);
                CREATE INDEX trap ON z (trap(a));
                """);
        Verification proof = new Bench(folder, server).prove(database);
        assertThat(proof.outcome()).isEqualTo("refuted");
        assertThat(proof.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.where()).isEqualTo("public.t");
            assertThat(finding.expected()).startsWith("10 rows");
            assertThat(finding.found()).startsWith("9 rows");
        });
    }

    @Test
    void rows_that_do_not_restore_are_refuted_with_what_the_server_refused(PostgresServer server, Database database) {
        database.exec("""
                CREATE FUNCTION small(a int) RETURNS boolean LANGUAGE sql AS 'SELECT a < 100';
                CREATE TABLE t (a int CHECK (small(a))); INSERT INTO t VALUES (50);
                CREATE OR REPLACE FUNCTION small(a int) RETURNS boolean LANGUAGE sql AS 'SELECT a < 10';
                """);
        Verification proof = new Bench(folder, server).prove(database);
        assertThat(proof.outcome()).isEqualTo("refuted");
        assertThat(proof.level()).isEqualTo("archive");
        assertThat(proof.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.what()).isEqualTo("restore");
            assertThat(finding.where()).contains("TABLE DATA public t");
            assertThat(finding.found()).contains("violates check constraint").doesNotContain("50");
        });
    }

    /** A function of the dump writes what the programs and the server would write of a full disk or a missing library. */
    @Test
    void what_a_function_raises_turns_no_refutation_into_something_else_and_reaches_no_evidence(PostgresServer server, Database database) {
        database.exec("""
                CREATE FUNCTION lie(a int) RETURNS boolean LANGUAGE plpgsql AS $fn$
                DECLARE entry text := E'\\npg_restore: from TOC entry 1; 2 3 TABLE DATA secretrow\\n';
                BEGIN
                  IF session_user LIKE 'holdfast%' THEN
                    RAISE WARNING '%', 'error: could not access file secretrow' || entry;
                    RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file secretrow: No space left on device'
                      || entry || 'server closed the connection; library secretrow; out of memory';
                  END IF;
                  RETURN true;
                END $fn$;
                CREATE TABLE liars (a int CHECK (lie(a)));
                INSERT INTO liars VALUES (1);
                """);
        Verification proof = new Bench(folder, server).prove(database);
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("refuted");
        assertThat(proof.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.where()).contains("TABLE DATA public liars");
            assertThat(finding.found()).isEqualTo("an error of the server or of a function in the dump");
        });
        assertThat(proof.toString()).doesNotContain("secretrow");
    }

    /** The log is silent then, and only the program's exit tells: one more restore, and no success by any text. */
    @Test
    void a_function_that_silences_the_servers_log_gains_one_more_restore_and_nothing_else(PostgresServer server, Database database) {
        database.exec("""
                CREATE FUNCTION hush(a int) RETURNS boolean LANGUAGE plpgsql AS $fn$
                BEGIN
                  IF session_user LIKE 'holdfast%' THEN
                    SET log_min_messages = panic;
                    RAISE EXCEPTION 'hushed';
                  END IF;
                  RETURN true;
                END $fn$;
                CREATE TABLE hushed (a int CHECK (hush(a)));
                INSERT INTO hushed VALUES (1);
                """);
        Verification proof = new Bench(folder, server).prove(database);
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("refuted");
        assertThat(proof.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.where()).contains("TABLE DATA public hushed");
            // The setting ends with the statement: of what follows, such as a client that is gone, the log may tell again.
            assertThat(finding.found()).isIn("an error that the server's log does not tell of", "an error of the server or of a function in the dump");
        });
    }

    @Test
    void assertions_of_the_policy_must_be_true(PostgresServer server, Database database) {
        database.exec("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
        Bench bench = new Bench(folder, server);
        Verification proof = bench.prove(bench.backUp(database), new ProofOrder(Level.EQUAL, List.of(
                new ProofOrder.Assertion("has rows", "SELECT count(*) > 0 FROM t"),
                new ProofOrder.Assertion("is large", "SELECT count(*) > 1000 FROM t"),
                new ProofOrder.Assertion("is unsure", "SELECT NULL::boolean"),
                new ProofOrder.Assertion("returns two", "SELECT true FROM generate_series(1, 2)"),
                new ProofOrder.Assertion("writes", "DELETE FROM t RETURNING true"),
                new ProofOrder.Assertion("fails", "SELECT no_such_column FROM t"))));
        assertThat(proof.outcome()).isEqualTo("refuted");
        assertThat(proof.findings()).extracting(Verification.Finding::where)
                .containsExactly("is large", "is unsure", "returns two", "writes", "fails");
        assertThat(proof.counts().assertions()).isEqualTo(1);
    }
}
