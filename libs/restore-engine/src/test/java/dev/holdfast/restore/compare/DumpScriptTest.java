package dev.holdfast.restore.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.repository.manifest.Verification.Finding;
import dev.holdfast.repository.manifest.Verification.Table;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DumpScriptTest {

    private static final String TABLE = section("t", "TABLE", "CREATE TABLE public.t (\n    a integer,\n    b text\n);");

    @Test
    void rows_in_another_order_are_equal() {
        assertThat(differences(data("t", "a, b", "1\tx", "2\ty"), data("t", "a, b", "2\ty", "1\tx"))).isEmpty();
    }

    @Test
    void columns_in_another_order_are_equal() {
        assertThat(differences(data("t", "a, b", "1\tx", "2\ty"), data("t", "b, a", "x\t1", "y\t2"))).isEmpty();
    }

    @Test
    void values_that_changed_columns_are_not_equal() {
        assertThat(differences(data("t", "a, b", "1\t2"), data("t", "a, b", "2\t1"))).hasSize(1);
    }

    @Test
    void a_row_there_twice_is_not_the_same_as_once() {
        assertThat(differences(data("t", "a", "1", "1"), data("t", "a", "1"))).singleElement()
                .satisfies(f -> {
                    assertThat(f.what()).isEqualTo("rows");
                    assertThat(f.where()).isEqualTo("public.t");
                    assertThat(f.expected()).startsWith("2 rows");
                    assertThat(f.found()).startsWith("1 rows");
                });
    }

    @Test
    void two_rows_that_swap_a_value_are_not_equal() {
        assertThat(differences(data("t", "a, b", "1\tx", "2\ty"), data("t", "a, b", "1\ty", "2\tx"))).hasSize(1);
    }

    @Test
    void an_empty_table_is_not_the_same_as_none() {
        assertThat(differences(TABLE + data("t", "a, b"), TABLE)).singleElement()
                .satisfies(f -> assertThat(f.found()).isEqualTo("absent"));
    }

    @Test
    void rows_of_a_table_without_columns_are_counted() {
        assertThat(differences(data("t", null, "", ""), data("t", null, "", "", ""))).singleElement()
                .satisfies(f -> assertThat(f.found()).startsWith("3 rows"));
    }

    @Test
    void a_row_longer_than_the_window_is_hashed_with_its_columns_by_name() {
        String longValue = "z".repeat((1 << 20) + 7);
        assertThat(differences(data("t", "a, b", "1\t" + longValue), data("t", "b, a", longValue + "\t1"))).isEmpty();
        assertThat(differences(data("t", "a, b", "1\t" + longValue), data("t", "a, b", "1\t" + longValue + "z"))).hasSize(1);
        assertThat(differences(data("t", "a, b", "1\t" + longValue), data("t", "a, b", longValue + "\t1"))).hasSize(1);
    }

    @Test
    void a_row_just_at_the_limit_counts_the_same_on_both_sides() {
        for (int length = CopyRows.SHORT_ROW - 3; length <= CopyRows.SHORT_ROW + 1; length++) {
            String value = "z".repeat(length);
            assertThat(differences(data("t", "a, b", "1\t" + value), data("t", "b, a", value + "\t1"))).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lowrite(0, '", "lowrite(0, '\\x00", "lo_open('", "lo_open('47"})
    void a_script_that_breaks_off_in_a_large_object_is_damaged(String last) {
        String whole = largeObject(4711, "0011", "2233");
        int cut = whole.indexOf(last) + last.length();
        assertThatThrownBy(() -> DumpScript.read(stream(whole.substring(0, cut)))).isInstanceOf(DamagedScript.class);
    }

    @Test
    void a_script_that_breaks_off_among_rows_is_damaged() {
        String whole = data("t", "a", "1", "2");
        assertThatThrownBy(() -> DumpScript.read(stream(whole.substring(0, whole.indexOf("\\.")))))
                .isInstanceOf(DamagedScript.class);
    }

    @Test
    void a_function_body_that_looks_like_a_script_stays_a_body() {
        String body = "$_$\n--\n-- Name: fake; Type: TABLE; Schema: public; Owner: x\n--\nCOPY public.t (a) FROM stdin;\n1\n\\.\n;$_$";
        Fingerprint print = read(section("f()", "FUNCTION", "CREATE FUNCTION public.f() RETURNS void\n    AS " + body + ";"));
        assertThat(print.objectCount()).isEqualTo(1);
        assertThat(print.tables()).isEmpty();
    }

    @Test
    void quotes_dollars_and_escapes_end_where_the_server_ends_them() {
        String odd = "CREATE VIEW v AS SELECT E'it\\'s; --', 'a''b;\\', \"x\"\"\n--;\", $1, a$b$c, $tag$;$$;$tag$;";
        assertThat(read(section("v", "VIEW", odd) + TABLE).objectCount()).isEqualTo(2);
    }

    @Test
    void a_backslash_escapes_where_the_database_says_so() {
        String script = "SET standard_conforming_strings = off;\n" + section("v", "COMMENT", "COMMENT ON VIEW v IS 'it\\';';")
                + TABLE;
        assertThat(read(script).objectCount()).isEqualTo(2);
    }

    @Test
    void the_random_token_versions_and_tablespace_settings_do_not_count() {
        String one = "\\restrict abc\n-- Dumped from database version 15.1\n" + TABLE + "SET default_tablespace = '';\n"
                + section("i", "INDEX", "CREATE INDEX i;");
        String other = "\\restrict def\n-- Dumped from database version 15.2\n" + section("i", "INDEX", "CREATE INDEX i;")
                + "SET default_tablespace = '';\n" + TABLE;
        assertThat(differences(one, other)).isEmpty();
    }

    @Test
    void the_access_method_of_a_table_counts() {
        String heap = "SET default_table_access_method = heap;\n" + TABLE;
        assertThat(differences(heap, heap.replace("heap", "columnar"))).hasSize(1);
    }

    @Test
    void grants_are_a_set_with_their_grantors() {
        String a = "GRANT SELECT ON TABLE t TO a;";
        String b = "SET SESSION AUTHORIZATION x;\nGRANT SELECT ON TABLE t TO b;\nRESET SESSION AUTHORIZATION;";
        String one = section("TABLE t", "ACL", a + "\n" + b);
        assertThat(differences(one, section("TABLE t", "ACL", b + "\n" + a))).isEmpty();
        assertThat(differences(one, section("TABLE t", "ACL", b.replace("x", "y") + "\n" + a))).singleElement()
                .satisfies(f -> assertThat(f.what()).isEqualTo("grant"));
        assertThat(differences(one, section("TABLE t", "ACL", a))).hasSize(1);
    }

    @Test
    void columns_of_a_child_table_may_come_in_another_order_and_of_others_may_not() {
        String child = "CREATE TABLE public.c (\n    a integer DEFAULT f(1, '),('),\n    b text\n)\nINHERITS (public.p);";
        String swapped = "CREATE TABLE public.c (\n    b text,\n    a integer DEFAULT f(1, '),(')\n)\nINHERITS (public.p);";
        assertThat(differences(section("c", "TABLE", child), section("c", "TABLE", swapped))).isEmpty();
        String plain = "\nINHERITS (public.p)";
        assertThat(differences(section("c", "TABLE", child.replace(plain, "")), section("c", "TABLE", swapped.replace(plain, ""))))
                .hasSize(1);
        assertThat(differences(section("c", "TABLE", child), section("c", "TABLE", child.replace("text", "bytea")))).hasSize(1);
    }

    @Test
    void rows_may_move_between_partitions_and_not_out_of_them() {
        String attach = section("h0", "TABLE ATTACH", "ALTER TABLE ONLY public.h ATTACH PARTITION public.h0 FOR VALUES WITH (modulus 2, remainder 0);")
                + section("h1", "TABLE ATTACH", "ALTER TABLE ONLY public.h ATTACH PARTITION public.h1 FOR VALUES WITH (modulus 2, remainder 1);");
        String one = attach + data("h0", "k", "a", "b") + data("h1", "k", "c");
        assertThat(differences(one, attach + data("h0", "k", "c") + data("h1", "k", "b", "a"))).isEmpty();
        assertThat(differences(one, attach + data("h0", "k", "c") + data("h1", "k", "b"))).singleElement()
                .satisfies(f -> assertThat(f.where()).isEqualTo("public.h"));
        assertThat(differences(one, attach + data("h0", "k", "a", "c") + data("h1", "k", "d"))).hasSize(1);
    }

    @Test
    void large_objects_are_compared_by_content_and_not_by_pieces() {
        assertThat(differences(largeObject(16400, "6162", "63"), largeObject(16400, "61", "6263"))).isEmpty();
        assertThat(differences(largeObject(16400, "6162"), largeObject(16400, "6163"))).singleElement()
                .satisfies(f -> {
                    assertThat(f.what()).isEqualTo("large object");
                    assertThat(f.where()).isEqualTo("16400");
                });
        assertThat(read(largeObject(16400, "6162")).largeObjectCount()).isEqualTo(1);
    }

    @Test
    void an_owner_a_sequence_value_and_a_comment_count() {
        assertThat(differences(TABLE, TABLE.replace("Owner: o", "Owner: p"))).hasSize(1);
        String value = section("s", "SEQUENCE SET", "SELECT pg_catalog.setval('public.s', 5, true);");
        assertThat(differences(value, value.replace("5", "6"))).singleElement()
                .satisfies(f -> assertThat(f.what()).isEqualTo("sequence value"));
        String comment = section("TABLE t", "COMMENT", "COMMENT ON TABLE t IS 'x';");
        assertThat(differences(TABLE + comment, TABLE)).singleElement()
                .satisfies(f -> assertThat(f).isEqualTo(new Finding("comment", "public.TABLE t", f.expected(), "absent")));
    }

    @Test
    void findings_hold_no_value_and_no_definition() {
        String secret = "s3cr3t-value";
        List<Finding> findings = differences(
                section("t", "TABLE", "CREATE TABLE t (a text DEFAULT '" + secret + "');") + data("t", "a", secret),
                section("t", "TABLE", "CREATE TABLE t (a text);") + data("t", "a", "other"));
        assertThat(findings).hasSize(2);
        assertThat(findings.toString()).doesNotContain(secret);
    }

    @Test
    void findings_are_cut_at_a_hundred_and_counted_in_full() {
        String many = IntStream.range(0, 250).mapToObj(i -> section("t" + i, "TABLE", "CREATE TABLE t;"))
                .collect(Collectors.joining());
        Findings findings = read(many).differencesTo(read(""));
        assertThat(findings.shown()).hasSize(100);
        assertThat(findings.total()).isEqualTo(250);
    }

    @Test
    void a_hash_does_not_depend_on_where_reads_cut_the_script() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String script = TABLE + data("t", "b, a", "x\\ty\t1", "\\N\t2", "\\\\.\t3") + largeObject(7, "00", "ff");
        List<Table> expected = read(script).tables();
        for (int run = 0; run < 200; run++) {
            List<InputStream> pieces = new ArrayList<>();
            for (int at = 0; at < script.length();) {
                int next = Math.min(script.length(), at + 1 + random.nextInt(40));
                pieces.add(stream(script.substring(at, next)));
                at = next;
            }
            assertThat(read(new SequenceInputStream(Collections.enumeration(pieces))).tables()).as("seed " + seed).isEqualTo(expected);
        }
    }

    static String section(String name, String type, String sql) {
        return "--\n-- Name: " + name + "; Type: " + type + "; Schema: public; Owner: o\n--\n\n" + sql + "\n\n\n";
    }

    static String data(String table, String columns, String... rows) {
        return "--\n-- Data for Name: " + table + "; Type: TABLE DATA; Schema: public; Owner: o\n--\n\nCOPY public." + table
                + (columns == null ? " " : " (" + columns + ")") + " FROM stdin;\n"
                + Stream.of(rows).map(row -> row + "\n").collect(Collectors.joining()) + "\\.\n\n\n";
    }

    private static String largeObject(long oid, String... pieces) {
        return "--\n-- Data for Name: BLOBS; Type: BLOBS; Schema: -; Owner: -\n--\n\nBEGIN;\n\nSELECT pg_catalog.lo_open('"
                + oid + "', 131072);\n" + Stream.of(pieces).map(p -> "SELECT pg_catalog.lowrite(0, '\\x" + p + "');\n")
                        .collect(Collectors.joining()) + "SELECT pg_catalog.lo_close(0);\n\nCOMMIT;\n\n";
    }

    private static List<Finding> differences(String expected, String found) {
        return read(expected).differencesTo(read(found)).shown();
    }

    private static Fingerprint read(String script) {
        return read(stream(script));
    }

    private static Fingerprint read(InputStream script) {
        try {
            return DumpScript.read(script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
