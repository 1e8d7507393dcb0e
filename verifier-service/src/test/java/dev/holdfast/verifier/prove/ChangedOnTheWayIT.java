package dev.holdfast.verifier.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.postgres.scratch.ScratchCluster;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.repository.manifest.Verification.Finding;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is lost between archive and database must be found, each by its name. One restore suffers all the defects, on
 * objects of their own; each test looks for one.
 */
@ExtendWith(PostgresExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NeedsNamespaces.class)
class ChangedOnTheWayIT {

    private static final String SECRET = "top-secret-value";

    private Verification proof;
    private String name;

    @BeforeAll
    void restore_with_every_defect(PostgresServer server, Database database, @TempDir Path folder) {
        name = database.name();
        database.exec("""
                CREATE ROLE %1$s_gone; CREATE ROLE %1$s_reader; CREATE ROLE %1$s_changed PASSWORD 'x'; CREATE ROLE %1$s_member;
                CREATE ROLE %1$s_gone2;
                GRANT %1$s_reader TO %1$s_member;
                CREATE TABLE short (a int); INSERT INTO short SELECT generate_series(1, 10);
                CREATE TABLE long (a int); INSERT INTO long SELECT generate_series(1, 10);
                CREATE TABLE changed (a int, b text); INSERT INTO changed VALUES (1, '%2$s'), (2, 'y');
                CREATE TABLE swapped (a int, b text); INSERT INTO swapped VALUES (1, 'x'), (2, 'y');
                CREATE TABLE part (k int) PARTITION BY LIST (k);
                CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1); INSERT INTO part VALUES (1), (1);
                CREATE TABLE indexed (a int); CREATE INDEX lost_index ON indexed (a);
                CREATE TABLE constrained (a int CONSTRAINT positive CHECK (a > 0), CONSTRAINT lost_unique UNIQUE (a));
                CREATE TABLE granted (a int); GRANT SELECT ON granted TO %1$s_reader;
                CREATE TABLE commented (a int); COMMENT ON TABLE commented IS 'c';
                CREATE TABLE owned (a int);
                CREATE SEQUENCE counter; SELECT setval('counter', 42);
                SELECT lo_from_bytea(100, 'abc'), lo_from_bytea(101, 'def');
                CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
                CREATE VIEW v AS SELECT 1 AS a;
                CREATE TYPE mood AS ENUM ('good', 'bad');
                CREATE TABLE worded (a int CONSTRAINT range CHECK (a IN (1, 2)), s varchar(5) DEFAULT 'x'::varchar(5)
                    CONSTRAINT words CHECK (s IN ('a', 'b')), d int DEFAULT 1, g int GENERATED ALWAYS AS (a + 1) STORED);
                CREATE TABLE guarded (a int, s varchar(5)); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
                CREATE POLICY own ON guarded TO %1$s_reader, %1$s_gone2 USING (s IN ('a', 'b'));
                CREATE POLICY other ON guarded USING (a > 1);
                CREATE VIEW seen AS SELECT a FROM worded WHERE s IN ('a', 'b');
                CREATE MATERIALIZED VIEW stored AS SELECT a FROM worded WHERE s IN ('a', 'b');
                CREATE INDEX partial ON worded (a) WHERE s IN ('a', 'b');
                CREATE TABLE ruled (a int); CREATE RULE silent AS ON DELETE TO ruled WHERE old.a > 1 DO INSTEAD NOTHING;
                CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                CREATE TABLE touched (a int);
                CREATE TRIGGER disabled BEFORE INSERT ON touched FOR EACH ROW WHEN (NEW.a > 0) EXECUTE FUNCTION touch();
                CREATE TRIGGER rewritten BEFORE INSERT ON touched FOR EACH ROW WHEN (NEW.a > 0) EXECUTE FUNCTION touch();
                CREATE DOMAIN short_text AS varchar(5) CONSTRAINT words CHECK (VALUE IN ('a', 'b'));
                CREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN NULL; END';
                """.formatted(name, SECRET));
        proof = new Bench(folder, server).afterRestore(cluster -> damage(cluster)).prove(database);
    }

    private void damage(ScratchCluster cluster) {
        cluster.query(name, """
                DELETE FROM short WHERE a = 5;
                INSERT INTO long VALUES (5);
                UPDATE changed SET b = 'z' WHERE a = 1;
                UPDATE swapped SET b = CASE a WHEN 1 THEN 'y' ELSE 'x' END;
                DELETE FROM part WHERE ctid IN (SELECT ctid FROM part LIMIT 1);
                DROP INDEX lost_index;
                ALTER TABLE constrained DROP CONSTRAINT lost_unique;
                ALTER TABLE constrained DROP CONSTRAINT positive;
                REVOKE SELECT ON granted FROM %1$s_reader;
                COMMENT ON TABLE commented IS NULL;
                ALTER TABLE owned OWNER TO %1$s_reader;
                SELECT setval('counter', 43);
                SELECT lo_unlink(100);
                SELECT lo_put(101, 0, 'x');
                CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';
                CREATE OR REPLACE VIEW v AS SELECT 2 AS a;
                ALTER TYPE mood ADD VALUE 'new';
                ALTER TABLE worded ALTER d SET DEFAULT 2;
                ALTER TABLE worded DROP CONSTRAINT range; ALTER TABLE worded ADD CONSTRAINT range CHECK (a IN (1, 3));
                DROP POLICY own ON guarded; CREATE POLICY own ON guarded TO %1$s_reader, %1$s_gone2 USING (s IN ('a', 'c'));
                DROP POLICY other ON guarded; CREATE POLICY other ON guarded TO %1$s_reader USING (a > 1);
                CREATE OR REPLACE VIEW seen AS SELECT a FROM worded WHERE s IN ('a', 'c');
                DROP MATERIALIZED VIEW stored; CREATE MATERIALIZED VIEW stored AS SELECT a FROM worded WHERE s IN ('a', 'c');
                DROP INDEX partial; CREATE INDEX partial ON worded (a) WHERE s IN ('a', 'c');
                CREATE OR REPLACE RULE silent AS ON DELETE TO ruled WHERE old.a > 2 DO INSTEAD NOTHING;
                ALTER TABLE touched DISABLE TRIGGER disabled;
                DROP TRIGGER rewritten ON touched;
                CREATE TRIGGER rewritten BEFORE INSERT ON touched FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION touch();
                CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                ALTER DOMAIN short_text DROP CONSTRAINT words; ALTER DOMAIN short_text ADD CONSTRAINT words CHECK (VALUE IN ('a', 'c'));
                CREATE OR REPLACE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN RETURN; END';
                REVOKE %1$s_reader FROM %1$s_member;
                DROP ROLE %1$s_gone;
                ALTER ROLE %1$s_changed CREATEDB
                """.formatted(name), Duration.ofMinutes(1));
    }

    @Test
    void the_backup_is_refuted_at_the_level_it_reached() {
        assertThat(proof.outcome()).isEqualTo("refuted");
        assertThat(proof.level()).isEqualTo("restore");
        assertThat(proof.findingsTotal()).isEqualTo(proof.findings().size());
    }

    @Test
    void one_row_short() {
        assertThat(finding("rows", "public.short").expected()).startsWith("10 rows");
        assertThat(finding("rows", "public.short").found()).startsWith("9 rows");
    }

    @Test
    void one_row_too_many() {
        assertThat(finding("rows", "public.long").found()).startsWith("11 rows");
    }

    @Test
    void one_value_changed() {
        Finding finding = finding("rows", "public.changed");
        assertThat(finding.expected()).startsWith("2 rows");
        assertThat(finding.found()).startsWith("2 rows").isNotEqualTo(finding.expected());
    }

    @Test
    void two_values_swapped() {
        finding("rows", "public.swapped");
    }

    @Test
    void one_row_of_a_partition_short() {
        finding("rows", "public.part");
    }

    @Test
    void one_missing_index() {
        assertThat(finding("index", "public.lost_index").found()).isEqualTo("absent");
    }

    @Test
    void one_missing_constraint() {
        assertThat(finding("constraint", "public.constrained lost_unique").found()).isEqualTo("absent");
    }

    @Test
    void one_missing_check() {
        finding("table", "public.constrained");
    }

    @Test
    void one_missing_grant() {
        finding("grant", "public.TABLE granted");
    }

    @Test
    void one_missing_comment() {
        finding("comment", "public.TABLE commented");
    }

    @Test
    void another_owner() {
        finding("table", "public.owned");
    }

    @Test
    void another_sequence_value() {
        finding("sequence value", "public.counter");
    }

    @Test
    void a_missing_and_a_changed_large_object() {
        assertThat(finding("large object", "100").found()).isEqualTo("absent");
        finding("large object", "101");
    }

    @Test
    void another_function_view_and_type() {
        finding("function", "public.f()");
        finding("view", "public.v");
        finding("type", "public.mood");
    }

    /** On objects whose words change in a round trip, too: canonical words must not hide it. */
    @Test
    void other_words_of_a_definition() {
        finding("table", "public.worded");
        finding("policy", "public.guarded own");
        finding("policy", "public.guarded other");
        finding("view", "public.seen");
        finding("materialized view", "public.stored");
        finding("index", "public.partial");
        finding("rule", "public.ruled silent");
        finding("trigger", "public.touched disabled");
        finding("trigger", "public.touched rewritten");
        finding("function", "public.touch()");
        finding("procedure", "public.p()");
        finding("domain", "public.short_text");
    }

    @Test
    void one_missing_role_one_changed_and_one_missing_membership() {
        assertThat(finding("role", name + "_gone").found()).isEqualTo("absent");
        finding("role", name + "_changed");
        finding("membership", name + "_reader to " + name + "_member");
    }

    @Test
    void no_finding_holds_a_value() {
        assertThat(proof.toString()).doesNotContain(SECRET);
    }

    private Finding finding(String what, String where) {
        return proof.findings().stream().filter(f -> f.what().equals(what) && f.where().equals(where)).findFirst()
                .orElseThrow(() -> new AssertionError("no finding " + what + " " + where + " in " + proof.findings()));
    }
}
