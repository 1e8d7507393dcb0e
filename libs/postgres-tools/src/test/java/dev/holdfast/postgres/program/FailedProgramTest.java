package dev.holdfast.postgres.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;

class FailedProgramTest {

    /** Captured from real programs. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "pg_dump: error: server version: 17.2; pg_dump version: 15.18\\npg_dump: error: aborting because of server version mismatch | tools-too-old",
            "pg_dump: error: connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  password authentication failed for user \"bob\" | source-auth-failed",
            "pg_dump: error: connection to server at \"127.0.0.1\", port 5432 failed: fe_sendauth: no password supplied | source-auth-failed",
            "pg_dump: error: connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  database \"nix\" does not exist | database-missing",
            "pg_dump: error: connection to server at \"127.0.0.1\", port 1 failed: Connection refused\\n\\tIs the server running on that host and accepting TCP/IP connections? | source-unreachable",
            "pg_dump: error: query failed: ERROR:  permission denied for table t\\npg_dump: detail: Query was: LOCK TABLE public.t IN ACCESS SHARE MODE | table-not-readable",
            "pg_dump: error: query failed: ERROR:  canceling statement due to statement timeout | lock-timeout",
            "pg_dump: error: query failed: ERROR:  query would be affected by row-level security policy for table \"t\" | row-security",
            "pg_dumpall: error: query failed: ERROR:  permission denied for table pg_authid | globals-not-readable",
            "pg_restore: error: could not execute query: ERROR:  extension \"postgis\" is not available | library-missing",
            "pg_restore: error: could not execute query: ERROR:  invalid locale name: \"xx_YY\" | locale-missing",
            "pg_restore: error: COPY failed for table \"t\": ERROR:  could not extend file \"base/1/2\": No space left on device | disk-full",
            "out of memory | tool-incapable",
            "pg_restore: error: out of memory | tool-incapable",
            "pg_restore: error: connection to server on socket \"/x/.s.PGSQL.5432\" failed: out of memory | tool-incapable",
            "pg_restore: error: could not initialize compression library: insufficient memory | tool-incapable",
            "pg_restore: warning: archive is compressed\\npg_restore: error: cannot restore from compressed archive (this build does not support compression with zstd) | tool-incapable",
            "pg_restore: error: could not execute query: ERROR:  out of memory | dump-failed",
            "pg_dump: error: something new\\npg_dump: detail: No space left on device | dump-failed",
            "pg_dump: error: something new | dump-failed" })
    void messages_have_stable_codes(String messages, String code) {
        assertThat(failure(new ProgramResult.Exited(1, messages.replace("\\n", "\n"))).code()).isEqualTo(code);
    }

    @Test
    void the_ways_to_end_are_told_apart() {
        assertThat(failure(new ProgramResult.CouldNotStart("no such program")).code()).isEqualTo("program-not-started");
        assertThat(failure(new ProgramResult.TimedOut(Duration.ofSeconds(3), "")).code()).isEqualTo("program-timed-out");
        assertThat(failure(new ProgramResult.KilledBySignal(9, ""))).hasMessageContaining("signal 9")
                .extracting(HoldfastException::kind).isEqualTo(FailureKind.RETRIABLE);
        assertThatThrownBy(() -> failure(new ProgramResult.Exited(0, ""))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "pg_restore: error: COPY failed for table \"t\": ERROR:  invalid input syntax for type integer: \"private\"\\nCONTEXT:  COPY t, line 1, column a: \"private\"",
            "pg_restore: error: could not execute query: ERROR:  duplicate key value violates unique constraint \"t_pkey\"\\nDETAIL:  Key (a)=(private) already exists.",
            "pg_restore: error: could not execute query: ERROR:  syntax error\\nCommand was: CREATE FUNCTION private()",
            "psql:<stdin>:1: ERROR:  invalid input value for enum color: \"private\"",
            "psql:<stdin>:1: ERROR:  value \"private\" is out of range for type integer",
            "psql:<stdin>:1: ERROR:  date/time field value out of range: \"private\"" })
    void no_row_value_and_no_statement_reaches_a_message(String messages) {
        HoldfastException failure = failure(new ProgramResult.Exited(1, messages.replace("\\n", "\n")));

        assertThat(failure.getMessage()).contains("exit code 1: ").doesNotContain("private");
    }

    private static HoldfastException failure(ProgramResult result) {
        return FailedProgram.of("dumping", "dump-failed", result);
    }
}
