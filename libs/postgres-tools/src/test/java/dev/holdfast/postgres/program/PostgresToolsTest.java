package dev.holdfast.postgres.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;

class PostgresToolsTest {

    @Test
    void versions_are_read_as_the_programs_print_them() {
        assertThat(parsed("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)")).contains(set("15.18", 15, 18));
        assertThat(parsed("pg_dump (PostgreSQL) 17.6")).contains(set("17.6", 17, 6));
        assertThat(parsed("pg_dump (PostgreSQL) 19beta1")).contains(set("19beta1", 19, 0));
        assertThat(parsed("Error: You must install at least one postgresql-client-<version> package")).isEmpty();
    }

    @Test
    void the_smallest_sufficient_major_is_chosen_and_of_it_the_newest_minor() {
        PostgresTools tools = PostgresTools.of(List.of(set("18.1", 18, 1), set("16.3", 16, 3), set("16.10", 16, 10), set("13.9", 13, 9)));

        assertThat(tools.choose(15).version()).isEqualTo("16.10");
        assertThat(tools.choose(16).version()).isEqualTo("16.10");
        assertThat(tools.choose(17).version()).isEqualTo("18.1");
        assertThat(tools.choose(9).version()).isEqualTo("13.9");
    }

    @Test
    void a_server_newer_than_all_tools_is_told_with_what_is_there() {
        PostgresTools tools = PostgresTools.of(List.of(set("15.18", 15, 18)));

        assertThatThrownBy(() -> tools.choose(17)).isInstanceOfSatisfying(HoldfastException.class, e -> {
            assertThat(e.code()).isEqualTo("tools-too-old");
            assertThat(e.kind()).isEqualTo(FailureKind.PERMANENT);
            assertThat(e).hasMessageContaining("17").hasMessageContaining("15.18 in /x");
            assertThat(e.nextStep()).contains("postgresql-client-17");
        });
        assertThatThrownBy(() -> PostgresTools.of(List.of()).choose(17)).hasMessageContaining("no PostgreSQL client programs");
    }

    @Test
    void only_the_configured_folders_are_looked_into(@TempDir Path folder) throws IOException {
        Path program = folder.resolve("pg_dump");
        Files.writeString(program, "#!/bin/sh\necho 'pg_dump (PostgreSQL) 42.7'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(PostgresTools.locate(List.of(folder, Path.of("/nonexistent"))).installed())
                .containsExactly(new ToolSet(folder, "42.7", 42, 7));
    }

    @Test
    void psql_restricts_scripts_from_the_fixed_minor_of_each_major_on() {
        assertThat(List.of(set("15.13", 15, 13), set("12.22", 12, 22), set("17.5", 17, 5))).noneMatch(ToolSet::restrictsScripts);
        assertThat(List.of(set("15.14", 15, 14), set("16.10", 16, 10), set("18.0", 18, 0))).allMatch(ToolSet::restrictsScripts);
    }

    private static Optional<ToolSet> parsed(String printed) {
        return PostgresTools.parse(Path.of("/x/pg_dump"), printed);
    }

    private static ToolSet set(String version, int major, int minor) {
        return new ToolSet(Path.of("/x"), version, major, minor);
    }
}
