package dev.holdfast.verifier.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Odd is healthy: each of these must be verified, or nobody believes the verifier when it says no. */
@ExtendWith(PostgresExtension.class)
@ExtendWith(NeedsNamespaces.class)
class HealthyBackupsIT {

    @TempDir
    Path folder;

    @Test
    void an_empty_database(PostgresServer server, Database database) {
        Verification proof = verified(server, database);
        assertThat(proof.counts().tables()).isZero();
        assertThat(proof.level()).isEqualTo("equal");
        assertThat(proof.restoreSeconds()).isPositive();
        assertThat(proof.notCompared()).isEmpty();
    }

    @Test
    void large_objects_with_owners_comments_and_grants(PostgresServer server, Database database) {
        database.exec("""
                CREATE ROLE %1$s_lo;
                SELECT lo_from_bytea(0, 'abc');
                SELECT lo_from_bytea(4711, repeat('0123456789', 5000)::bytea);
                SELECT lo_from_bytea(4712, '');
                GRANT SELECT ON LARGE OBJECT 4711 TO %1$s_lo;
                ALTER LARGE OBJECT 4712 OWNER TO %1$s_lo;
                COMMENT ON LARGE OBJECT 4711 IS 'a scan';
                """.formatted(database.name()));
        assertThat(verified(server, database).counts().largeObjects()).isEqualTo(3);
    }

    @Test
    void inheritance_with_columns_added_late(PostgresServer server, Database database) {
        database.exec("""
                CREATE TABLE parent (a int, b text DEFAULT 'x,(');
                CREATE TABLE child (own int NOT NULL, extra text) INHERITS (parent);
                ALTER TABLE child ADD COLUMN merged date DEFAULT '2020-01-01';
                ALTER TABLE parent ADD COLUMN merged date;
                ALTER TABLE parent ADD COLUMN late timestamptz DEFAULT '2020-01-01 12:00+02';
                ALTER TABLE parent DROP COLUMN a;
                INSERT INTO child (b, own, extra, merged) SELECT 'b' || i, i, E'tab\\there', NULL FROM generate_series(1, 50) i;
                INSERT INTO parent (b) VALUES ('p');
                """);
        assertThat(verified(server, database).counts().rows()).isEqualTo(51);
    }

    @Test
    void hash_partitions_on_an_enum(PostgresServer server, Database database) {
        database.exec("""
                CREATE TYPE color AS ENUM ('red', 'green', 'blue', 'violet', 'black');
                CREATE TABLE paint (c color, v int) PARTITION BY HASH (c);
                CREATE TABLE paint_0 PARTITION OF paint FOR VALUES WITH (MODULUS 3, REMAINDER 0);
                CREATE TABLE paint_1 PARTITION OF paint FOR VALUES WITH (MODULUS 3, REMAINDER 1);
                CREATE TABLE paint_2 PARTITION OF paint FOR VALUES WITH (MODULUS 3, REMAINDER 2);
                INSERT INTO paint SELECT (enum_range(NULL::color))[1 + i % 5], i FROM generate_series(1, 100) i;
                """);
        assertThat(verified(server, database).counts().rows()).isEqualTo(100);
    }

    @Test
    void partitions_of_partitions_unlogged_and_empty_tables(PostgresServer server, Database database) {
        database.exec("""
                CREATE TABLE sale (day date NOT NULL, region text, amount numeric(12,2) CHECK (amount > 0)) PARTITION BY RANGE (day);
                CREATE TABLE sale_2024 PARTITION OF sale FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (region);
                CREATE TABLE sale_2024_eu PARTITION OF sale_2024 FOR VALUES IN ('eu', 'uk');
                CREATE TABLE sale_rest PARTITION OF sale DEFAULT;
                CREATE INDEX ON sale (day, region);
                INSERT INTO sale VALUES ('2024-05-05', 'eu', 1.50), ('2023-05-05', 'us', 2);
                CREATE UNLOGGED TABLE cache (k text PRIMARY KEY, v bytea);
                INSERT INTO cache VALUES ('x', '\\x00ff');
                CREATE TABLE nothing ();
                INSERT INTO nothing DEFAULT VALUES;
                INSERT INTO nothing DEFAULT VALUES;
                """);
        assertThat(verified(server, database).counts().rows()).isEqualTo(5);
    }

    @Test
    void row_level_security_for_several_roles_and_a_database_without_a_superuser_as_owner(PostgresServer server, Database database) {
        String name = database.name();
        database.exec("""
                CREATE ROLE %1$s_z; CREATE ROLE %1$s_a; CREATE ROLE %1$s_m LOGIN PASSWORD 'x';
                GRANT %1$s_a TO %1$s_m;
                ALTER ROLE %1$s_m SET work_mem = '8MB';
                ALTER ROLE %1$s_m VALID UNTIL '2031-01-01 12:00+05';
                ALTER DATABASE %1$s OWNER TO %1$s_m;
                ALTER DATABASE %1$s SET search_path = 'odd', public;
                ALTER ROLE %1$s_m IN DATABASE %1$s SET statement_timeout = '5min';
                CREATE TABLE secret (id int PRIMARY KEY, owner name DEFAULT current_user);
                ALTER TABLE secret OWNER TO %1$s_m;
                ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
                ALTER TABLE secret FORCE ROW LEVEL SECURITY;
                CREATE POLICY own ON secret TO %1$s_z, %1$s_a, %1$s_m USING (owner = current_user);
                INSERT INTO secret VALUES (1), (2);
                GRANT SELECT (id), UPDATE (owner) ON secret TO %1$s_a WITH GRANT OPTION;
                ALTER DEFAULT PRIVILEGES FOR ROLE %1$s_m GRANT SELECT ON TABLES TO %1$s_z, %1$s_a;
                REVOKE ALL ON SCHEMA public FROM PUBLIC;
                """.formatted(name));
        assertThat(verified(server, database).counts().rows()).isEqualTo(2);
    }

    @Test
    void a_backup_made_by_an_ordinary_role(PostgresServer server, Database database) {
        database.exec("""
                CREATE ROLE %1$s_backup LOGIN PASSWORD 'x'; GRANT pg_read_all_data TO %1$s_backup;
                CREATE ROLE %1$s_owner PASSWORD 'hidden'; ALTER ROLE %1$s_owner SET search_path = odd;
                ALTER DATABASE %1$s OWNER TO %1$s_owner;
                CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text); INSERT INTO t (v) VALUES ('a'), ('b');
                ALTER TABLE t OWNER TO %1$s_owner;
                CREATE VIEW v AS SELECT * FROM t;
                """.formatted(database.name()));
        Verification proof = new Bench(folder, server).withoutRolePasswords().prove(database.as(database.name() + "_backup", "x"));
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("verified");
        assertThat(proof.level()).isEqualTo("equal");
        assertThat(proof.counts().rows()).isEqualTo(2);
    }

    @Test
    void roles_and_parameters_granted_by_roles_that_may_grant_them(PostgresServer server, Database database) {
        database.exec("""
                CREATE ROLE "%1$s chef"; CREATE ROLE %1$s_b; CREATE ROLE %1$s_c; CREATE ROLE %1$s_readers;
                GRANT %1$s_readers TO "%1$s chef" WITH ADMIN OPTION;
                GRANT SET ON PARAMETER work_mem TO %1$s_b WITH GRANT OPTION;
                SET ROLE "%1$s chef";
                GRANT %1$s_readers TO %1$s_b;
                GRANT %1$s_readers TO %1$s_c WITH ADMIN OPTION;
                SET ROLE %1$s_b;
                GRANT SET ON PARAMETER work_mem TO %1$s_c;
                """.formatted(database.name()));
        assertThat(verified(server, database).level()).isEqualTo("equal");
    }

    @Test
    void odd_and_unicode_names(PostgresServer server) {
        Database database = server.createDatabase("a=b 'ü\"; --\\ ../ 日本");
        database.exec("""
                CREATE SCHEMA "Sch; Type: TABLE";
                CREATE TABLE "Sch; Type: TABLE"."new
                line; Owner: x" ("co""l,umn" int, "Größe" text, "-- Name: y; Type: INDEX" text);
                INSERT INTO "Sch; Type: TABLE"."new
                line; Owner: x" VALUES (1, E'\\\\.\\n\\t', NULL), (2, '', '\\N');
                CREATE TABLE "SELECT" ("FROM" int);
                CREATE INDEX "ind;ex" ON "SELECT" ("FROM") WHERE "FROM" > 1;
                COMMENT ON TABLE "SELECT" IS E'--\\n-- Name: fake; Type: TABLE; Schema: public; Owner: -\\n--\\n\\n\\\\connect x';
                """);
        assertThat(verified(server, database).counts().rows()).isEqualTo(2);
    }

    @Test
    void functions_whose_bodies_look_like_a_dump(PostgresServer server, Database database) {
        database.exec("""
                CREATE TABLE x (a int);
                INSERT INTO x VALUES (1);
                CREATE FUNCTION script() RETURNS text LANGUAGE sql AS $fn$ SELECT $$
                --
                -- Data for Name: x; Type: TABLE DATA; Schema: public; Owner: postgres
                --

                COPY public.x (a) FROM stdin;
                7
                \\.
                \\! id
                $$::text; $fn$;
                CREATE PROCEDURE p(INOUT i int) LANGUAGE plpgsql AS 'BEGIN i := i + 1; -- it''s
                END';
                CREATE FUNCTION definer() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
                """);
        // Alone: the driver would cut them at their semicolons.
        database.exec("CREATE FUNCTION atomic(i int) RETURNS int BEGIN ATOMIC SELECT 1; SELECT i + 1; END");
        database.exec("CREATE RULE log AS ON UPDATE TO x DO ALSO (SELECT 1; SELECT 'a;b')");
        assertThat(verified(server, database).counts().rows()).isEqualTo(1);
    }

    @Test
    void definitions_that_the_server_writes_in_other_words_after_a_restore(PostgresServer server, Database database) {
        database.exec("""
                CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY, status varchar(10) CHECK (status IN ('new', 'paid')),
                    total numeric, tax numeric GENERATED ALWAYS AS (total * 0.19) STORED, note text COLLATE "C");
                INSERT INTO orders (status, total) VALUES ('new', 10), ('paid', 20);
                CREATE INDEX ON orders (status) WHERE status IN ('new', 'old');
                CREATE VIEW open AS SELECT * FROM orders WHERE status IN ('new', 'paid') AND total BETWEEN 1 AND 100;
                CREATE MATERIALIZED VIEW sums AS SELECT status, sum(total) FROM orders GROUP BY 1;
                CREATE UNIQUE INDEX ON sums (status);
                CREATE STATISTICS st ON status, total FROM orders;
                """);
        Verification proof = verified(server, database);
        assertThat(proof.notCompared()).contains("contents of materialized view public.sums");
    }

    @Test
    void triggers_types_operators_text_search_and_foreign_tables(PostgresServer server, Database database) {
        database.exec("""
                CREATE EXTENSION hstore; CREATE EXTENSION postgres_fdw; CREATE EXTENSION citext;
                CREATE DOMAIN email AS citext CHECK (VALUE ~ '@');
                CREATE TYPE pair AS (a int, b text);
                CREATE TYPE span AS RANGE (subtype = float8);
                CREATE TABLE t (id bigserial PRIMARY KEY, e email, p pair, s span, h hstore, j jsonb, a int[][], x xml, m money, i interval, f float8, ts timestamptz DEFAULT now());
                INSERT INTO t (e, p, s, h, j, a, x, m, i, f) VALUES ('a@b', '(1,"x,y")', '[1,2)', 'k=>v', '{"a": [1, null]}', '{{1,2},{3,4}}', '<a/>', 1.5, '1 mon -2 days', 0.1::float8 + 0.2);
                CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.ts := now(); RETURN NEW; END';
                CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON t FOR EACH ROW WHEN (NEW.f > 0) EXECUTE FUNCTION touch();
                ALTER TABLE t DISABLE TRIGGER touch;
                CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
                CREATE EVENT TRIGGER ev ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION ev();
                CREATE FUNCTION plus(pair, pair) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1.a + $2.a, $1.b)::pair';
                CREATE OPERATOR + (LEFTARG = pair, RIGHTARG = pair, FUNCTION = plus);
                CREATE AGGREGATE total(pair) (SFUNC = plus, STYPE = pair, INITCOND = '(0,)');
                CREATE FUNCTION as_text(pair) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.b';
                CREATE CAST (pair AS text) WITH FUNCTION as_text(pair) AS ASSIGNMENT;
                CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, STOPWORDS = english);
                CREATE TEXT SEARCH CONFIGURATION conf (COPY = english);
                ALTER TEXT SEARCH CONFIGURATION conf ALTER MAPPING FOR word WITH plain;
                CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere.invalid', dbname 'x');
                CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user 'u', password 'p');
                CREATE FOREIGN TABLE remote (a int) SERVER far;
                CREATE PUBLICATION pub FOR TABLE t WHERE (id > 5);
                CREATE COLLATION coll (PROVIDER = libc, LOCALE = 'C');
                SELECT setval('t_id_seq', 4711, false);
                """);
        assertThat(verified(server, database).counts().rows()).isEqualTo(1);
    }

    @Test
    void wide_rows(PostgresServer server, Database database) {
        database.exec("CREATE TABLE wide (" + IntStream.range(0, 1600).mapToObj(i -> "c" + (i * 7919 % 1600) + " int")
                .collect(Collectors.joining(", ")) + "); INSERT INTO wide (c0, c1599) VALUES (1, 2);"
                + "CREATE TABLE huge (id int, v text, w bytea);"
                + "INSERT INTO huge SELECT i, repeat(md5(i::text), 300000), decode(repeat(md5(i::text), 100000), 'hex') FROM generate_series(1, 2) i;");
        assertThat(verified(server, database).counts().rows()).isEqualTo(3);
    }

    @Test
    void a_database_in_another_encoding_and_time_zone(PostgresServer server) {
        server.database("postgres").exec("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
        Database database = server.database("latin");
        database.exec("""
                ALTER DATABASE latin SET timezone = 'Pacific/Chatham';
                ALTER DATABASE latin SET bytea_output = 'escape';
                ALTER DATABASE latin SET datestyle = 'SQL, DMY';
                CREATE TABLE "größe" (a text, b timestamptz, c bytea, d date);
                INSERT INTO "größe" VALUES ('äöü', '2024-06-01 12:00+00', '\\x00ff41', '2024-02-03');
                """);
        assertThat(verified(server, database).counts().rows()).isEqualTo(1);
    }

    @Test
    void the_database_called_postgres(PostgresServer server) {
        assertThat(verified(server, server.database("postgres")).level()).isEqualTo("equal");
    }

    @Test
    void two_thousand_tables(PostgresServer server, Database database) {
        database.exec("DO $$ BEGIN FOR i IN 1..2000 LOOP EXECUTE format('CREATE TABLE t%s (a int)', i); IF i % 500 = 0 THEN COMMIT; END IF; END LOOP; END $$");
        assertThat(verified(server, database).counts().tables()).isEqualTo(2000);
    }

    @Test
    void level_restore_restores_and_does_not_claim_to_have_compared(PostgresServer server, Database database) {
        database.exec("CREATE TABLE t AS SELECT g FROM generate_series(1, 10) g");
        Bench bench = new Bench(folder, server);
        Verification proof = bench.prove(bench.backUp(database), new ProofOrder(Level.RESTORE, List.of()));
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("verified");
        assertThat(proof.level()).isEqualTo("restore");
        assertThat(proof.restoreSeconds()).isPositive();
        assertThat(proof.durations()).doesNotContainKey("compare");
    }

    @Test
    void whoever_watches_sees_every_phase_of_a_proof(PostgresServer server, Database database) {
        database.exec("CREATE TABLE t AS SELECT g FROM generate_series(1, 10) g");
        Bench bench = new Bench(folder, server);
        Set<String> phases = new LinkedHashSet<>();
        bench.prover().prove(bench.repository(), bench.backUp(database), ProofOrder.equal(), (phase, bytes, total) -> phases.add(phase));
        assertThat(phases).containsSubsequence("archive", "restore", "compare", "amcheck", "assertions");
    }

    private Verification verified(PostgresServer server, Database database) {
        Verification proof = new Bench(folder, server).prove(database);
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("verified");
        return proof;
    }
}
