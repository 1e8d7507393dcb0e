package dev.holdfast.postgres.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.LocaleSettings;
import dev.holdfast.postgres.program.PgAmcheck;
import dev.holdfast.postgres.program.PgDump;
import dev.holdfast.postgres.program.PgRestore;
import dev.holdfast.postgres.program.ProgramResult;
import dev.holdfast.postgres.program.RunningProgram;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScratchClusterIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @TempDir
    static Path parent;

    private ScratchCluster cluster;

    @BeforeAll
    void start() throws IOException {
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        cluster = ScratchCluster.start(Scratches.spec(parent, "UTF8", "C.UTF-8"));
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void it_answers_queries_and_has_a_superuser_that_no_dump_creates() {
        assertThat(query("SELECT rolname FROM pg_roles WHERE rolsuper")).containsExactly(List.of(cluster.superuser()));
        assertThat(query("SELECT 'a,\"b', E'two\\nlines', NULL, 'é'")).containsExactly(List.of("a,\"b", "two\nlines", "", "é"));
        assertThat(query("SELECT 1 WHERE false")).isEmpty();
    }

    private List<List<String>> query(String sql) {
        return cluster.query("postgres", sql, TIMEOUT);
    }
}
