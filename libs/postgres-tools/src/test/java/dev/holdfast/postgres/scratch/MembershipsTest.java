package dev.holdfast.postgres.scratch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

/** What pg_dumpall 17.11 printed of a cluster whose roles were granted by the bootstrap superuser and by others. */
class MembershipsTest {

    private final GlobalsScript script = GlobalsScript.parse(captured());

    @Test
    void the_grantor_who_needs_no_admin_option_is_the_bootstrap_superuser() {
        assertThat(script.memberships().bootstrap()).contains("postgres");
    }

    @Test
    void only_what_the_bootstrap_superuser_granted_gets_another_grantor() {
        String rendered = script.regranted("postgres", "holdfast_0a").render(List.of(Path.of("/scratch/t0")), Optional.empty());

        assertThat(rendered).contains(
                "GRANT made_by_bob TO bob WITH ADMIN OPTION, INHERIT FALSE, SET FALSE GRANTED BY holdfast_0a;\n",
                "GRANT readers TO bob WITH INHERIT TRUE GRANTED BY \"Chef S" + asBytes("ü") + "d\";\n",
                "GRANT readers TO bob WITH INHERIT TRUE, SET FALSE GRANTED BY holdfast_0a;\n",
                "CREATE ROLE postgres;\n").doesNotContain("GRANTED BY postgres");
    }

    @Test
    void a_grant_on_an_object_by_another_role_is_kept_with_its_grantor() {
        assertThat(script.render(List.of(Path.of("/scratch/t0")), Optional.empty())).contains(
                "SET SESSION AUTHORIZATION bob;\nGRANT SET ON PARAMETER work_mem TO carol;\nRESET SESSION AUTHORIZATION;\n",
                "SET SESSION AUTHORIZATION carol;\nGRANT ALL ON TABLESPACE fast TO readers;\nRESET SESSION AUTHORIZATION;\n");
    }

    @Test
    void where_several_roles_grant_without_the_admin_option_none_is_taken_for_the_bootstrap_superuser() {
        assertThat(memberships("GRANT a TO b GRANTED BY x; GRANT c TO b GRANTED BY y;").bootstrap()).isEmpty();
        assertThat(memberships("GRANT a TO b WITH INHERIT TRUE GRANTED BY x; GRANT a TO x WITH ADMIN OPTION GRANTED BY \"r t\";")
                .bootstrap()).contains("\"r t\"");
        assertThat(memberships("GRANT a TO b WITH INHERIT TRUE GRANTED BY x; GRANT a TO x WITH INHERIT TRUE GRANTED BY y;")
                .bootstrap()).isEmpty();
    }

    @Test
    void without_grantors_there_is_nobody_to_stand_in_for() {
        assertThat(memberships("GRANT a TO b; CREATE ROLE x;").bootstrap()).isEmpty();
    }

    private static Memberships memberships(String sql) {
        return GlobalsScript.parse(sql).memberships();
    }

    private static String asBytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static String captured() {
        try (InputStream file = MembershipsTest.class.getResourceAsStream("globals-of-17-with-several-grantors.sql")) {
            return new String(file.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
