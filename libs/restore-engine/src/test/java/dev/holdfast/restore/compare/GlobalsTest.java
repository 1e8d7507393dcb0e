package dev.holdfast.restore.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class GlobalsTest {

    private static final String SCRIPT = """
            --
            -- PostgreSQL database cluster dump
            --

            \\restrict abc123

            SET default_transaction_read_only = off;

            CREATE ROLE alice;
            ALTER ROLE alice WITH NOSUPERUSER INHERIT NOCREATEROLE LOGIN PASSWORD 'SCRAM-SHA-256$4096:x$y:z';
            CREATE ROLE "b o;b";
            ALTER ROLE "b o;b" WITH NOSUPERUSER;
            CREATE ROLE root;
            ALTER ROLE root WITH SUPERUSER INHERIT;
            ALTER ROLE alice SET work_mem TO '4MB';
            CREATE TABLESPACE fast OWNER alice LOCATION '/mnt/fast';
            GRANT ALL ON TABLESPACE fast TO alice;
            GRANT alice TO "b o;b" GRANTED BY root;
            \\unrestrict abc123
            """;

    @Test
    void roles_memberships_and_settings_are_named() {
        assertThat(read(SCRIPT).roles()).containsExactly("alice", "b o;b", "root");
        assertThat(read(SCRIPT).differencesTo(read(SCRIPT.replace("GRANT alice TO \"b o;b\" GRANTED BY root;", "")), "root").shown())
                .singleElement().satisfies(f -> {
                    assertThat(f.what()).isEqualTo("membership");
                    assertThat(f.where()).isEqualTo("alice to b o;b");
                });
        assertThat(read(SCRIPT).differencesTo(read(SCRIPT.replace("4MB", "8MB")), "root").shown()).singleElement()
                .satisfies(f -> assertThat(f.what()).isEqualTo("role setting"));
        assertThat(read(SCRIPT).differencesTo(read(SCRIPT.replace("$y:z", "$y:y")), "root").shown()).singleElement()
                .satisfies(f -> {
                    assertThat(f.what() + " " + f.where()).isEqualTo("role alice");
                    assertThat(f.toString()).doesNotContain("SCRAM");
                });
    }

    @Test
    void the_first_superuser_is_not_compared() {
        assertThat(read(SCRIPT).differencesTo(read(SCRIPT.replaceAll("(?m)^.*ROLE root.*\n", "")), "root").isEmpty()).isTrue();
    }

    @Test
    void a_tablespace_keeps_its_name_and_loses_its_folder() {
        assertThat(read(SCRIPT).differencesTo(read(SCRIPT.replace("/mnt/fast", "/elsewhere")), "root").isEmpty()).isTrue();
        assertThat(read(SCRIPT).differencesTo(read(SCRIPT.replace("OWNER alice", "OWNER root")), "root").shown())
                .singleElement().satisfies(f -> assertThat(f.what() + " " + f.where()).isEqualTo("tablespace fast"));
    }

    @Test
    void a_psql_command_is_counted() {
        Globals hostile = read(SCRIPT + "\\! id\nSELECT 1 \\g |id\n;\nCREATE ROLE x \\copy (select 1) to program 'id';\n");
        assertThat(hostile.unexpectedCommands()).isEqualTo(3);
        assertThat(read(SCRIPT).unexpectedCommands()).isZero();
    }

    /** As pg_dumpall 17 writes them of a cluster and of a scratch cluster with another bootstrap superuser. */
    private static final String GRANTS_OF_17 = """
            GRANT readers TO chief WITH ADMIN OPTION, INHERIT FALSE GRANTED BY "post gres";
            GRANT readers TO bob WITH INHERIT TRUE GRANTED BY chief;
            GRANT readers TO bob WITH INHERIT TRUE, SET FALSE GRANTED BY "post gres";
            """;

    @Test
    void a_bootstrap_superuser_grants_memberships_in_place_of_another() {
        Globals scratch = read(GRANTS_OF_17.replace("\"post gres\"", "holdfast_1"));
        assertThat(read(GRANTS_OF_17).differencesTo(scratch, "holdfast_1").isEmpty()).isFalse();
        assertThat(read(GRANTS_OF_17).differencesTo(scratch.grantedBy("\"post gres\"", "holdfast_1"), "holdfast_1").isEmpty()).isTrue();
    }

    @Test
    void a_membership_of_another_grantor_or_with_other_options_differs() {
        for (String changed : new String[] { GRANTS_OF_17.replace("BY chief", "BY holdfast_1"), GRANTS_OF_17.replace("SET FALSE", "SET TRUE"),
                GRANTS_OF_17.replace("ADMIN OPTION, ", "") }) {
            Globals found = read(changed.replace("\"post gres\"", "holdfast_1")).grantedBy("\"post gres\"", "holdfast_1");
            assertThat(read(GRANTS_OF_17).differencesTo(found, "holdfast_1").shown()).singleElement()
                    .satisfies(f -> assertThat(f.what()).isEqualTo("membership"));
        }
    }

    @Test
    void a_grant_on_an_object_belongs_to_its_grantor() {
        String grant = "SET SESSION AUTHORIZATION bob;\nGRANT SET ON PARAMETER work_mem TO carol;\nRESET SESSION AUTHORIZATION;\n";
        assertThat(read(grant).differencesTo(read(grant), "root").isEmpty()).isTrue();
        assertThat(read(grant).differencesTo(read(grant.replace("bob", "bill")), "root").shown()).singleElement()
                .satisfies(f -> assertThat(f.what() + " " + f.where()).isEqualTo("grant parameter work_mem"));
    }

    private static Globals read(String script) {
        try {
            return Globals.read(new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
