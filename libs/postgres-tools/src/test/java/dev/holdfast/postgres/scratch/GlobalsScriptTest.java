package dev.holdfast.postgres.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.holdfast.failure.HoldfastException;

class GlobalsScriptTest {

    /** As pg_dumpall 15.18 prints it. */
    private static final String REAL = """
            --
            -- PostgreSQL database cluster dump
            --

            \\restrict 9Kh1xu3CRcoAZzXrkS1jOPE4aW8

            SET default_transaction_read_only = off;

            SET client_encoding = 'UTF8';
            SET standard_conforming_strings = on;

            CREATE ROLE "it's; \\! odd";
            ALTER ROLE "it's; \\! odd" WITH NOSUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$4096:abc==$d:e' VALID UNTIL '2030-01-01 00:00:00+00';
            COMMENT ON ROLE "it's; \\! odd" IS 'two
            \\! touch /tmp/not-a-command; it''s text';
            ALTER ROLE postgres SET search_path TO 'a', 'b:c';
            GRANT pg_read_all_data TO app GRANTED BY postgres;
            CREATE TABLESPACE fast OWNER "o w" LOCATION '/srv/it''s fast';
            ALTER TABLESPACE fast SET (random_page_cost=1);

            \\unrestrict 9Kh1xu3CRcoAZzXrkS1jOPE4aW8
            """;

    @Test
    void a_real_dump_of_globals_is_kept_but_for_its_places() {
        GlobalsScript script = GlobalsScript.parse(REAL);

        String rendered = script.render(List.of(Path.of("/scratch/t0")), Optional.empty());

        assertThat(script.tablespaces()).isEqualTo(1);
        assertThat(rendered).contains("CREATE TABLESPACE fast OWNER \"o w\" LOCATION '/scratch/t0';\n")
                .contains("IS 'two\n\\! touch /tmp/not-a-command; it''s text';\n").contains("SET (random_page_cost=1);")
                .doesNotContain("restrict", "--", "/srv");
    }

    @Test
    void psql_is_told_to_refuse_its_commands_where_it_can() {
        assertThat(GlobalsScript.parse("CREATE ROLE a;").render(List.of(), Optional.of("k")))
                .isEqualTo("\\restrict k\nCREATE ROLE a;\n\\unrestrict k\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "\\! touch /tmp/x\n", "CREATE ROLE a; \\! touch /tmp/x\n", "CREATE ROLE a \\! touch /tmp/x\n;", "CREATE ROLE a \\gexec\n",
            "\\connect other\n", "\\unrestrict abc \\! id\n", "\\copy t from program 'id'\n", "COPY t FROM PROGRAM 'id';",
            "CREATE ROLE a;\nDO $$ BEGIN END $$;", "SET standard_conforming_strings = off;", "SELECT pg_read_file('/etc/passwd');",
            "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);", "CREATE ROLE :\"x\";",
            "COMMENT ON ROLE a IS :'x';", "CREATE ROLE :x;", "COMMENT ON ROLE a IS E'\\'; \\\\! id\n';\\! id\n", "/* */ CREATE ROLE a;",
            "COMMENT ON ROLE a IS 'no end", "CREATE ROLE a", "CREATE TABLESPACE x LOCATION E'/a\\'';", "CREATE EXTENSION x;",
            "COMMENT ON ROLE a IS $x$ $x$;", "SET ROLE postgres;", "SET SESSION AUTHORIZATION postgres;",
            "SET SESSION AUTHORIZATION a; CREATE ROLE b; RESET SESSION AUTHORIZATION;", "RESET SESSION AUTHORIZATION;",
            "SET SESSION AUTHORIZATION a; GRANT b TO c; RESET SESSION AUTHORIZATION;", "SET SESSION AUTHORIZATION DEFAULT;" })
    void whatever_is_not_a_role_grant_or_tablespace_is_refused(String sql) {
        assertThatThrownBy(() -> GlobalsScript.parse(sql)).isInstanceOfSatisfying(HoldfastException.class, e -> {
            assertThat(e.code()).isEqualTo("globals-refused");
            assertThat(e.getMessage()).doesNotContain("touch", "COPY");
        });
    }

    /** A few stored bytes unpack to as many as their writer likes. */
    @Test
    void an_endless_script_is_refused_and_not_read_to_its_end() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return ' ';
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                java.util.Arrays.fill(bytes, offset, offset + length, (byte) ' ');
                return length;
            }
        };
        assertThatThrownBy(() -> GlobalsScript.bounded(endless)).isInstanceOfSatisfying(HoldfastException.class,
                e -> assertThat(e.code()).isEqualTo("globals-refused"));
    }
}
