package dev.holdfast.postgres.scratch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;

import org.junit.jupiter.api.Test;

class ServerLogTest {

    /** Captured from a real server: each line feed of a message is followed by a tab. */
    private static final String RAISED = """
            holdfast ERROR:  P0001: first line
            \tholdfast ERROR:  53100: could not extend file
            \tholdfast LOCATION:  mdextend, md.c:468
            holdfast CONTEXT:  PL/pgSQL function f() line 1 at RAISE
            holdfast LOCATION:  exec_stmt_raise, pl_exec.c:3893
            """;

    @Test
    void what_a_function_raises_does_not_become_an_error_of_the_server() {
        assertThat(ServerLog.firstError(RAISED)).contains(new ServerLog.Entry("P0001", "exec_stmt_raise", "pl_exec.c"));
    }

    @Test
    void the_first_error_counts_and_half_of_one_is_none() {
        String log = "holdfast ERROR:  23514: violates\nholdfast LOCATION:  ExecConstraints, execMain.c:2061\n" + RAISED;
        assertThat(ServerLog.firstError(log)).map(ServerLog.Entry::sqlState).contains("23514");
        assertThat(ServerLog.firstError(RAISED.substring(0, RAISED.length() - 40))).isEmpty();
        assertThat(ServerLog.firstError("holdfast LOG:  00000: ready\n")).isEmpty();
    }

    @Test
    void a_code_that_a_function_chose_counts_only_with_the_place_in_the_server_that_raises_it() {
        for (String code : new String[] {"53100", "53200", "57P02", "58P01", "58030", "54001"}) {
            assertThat(code(code, "exec_stmt_raise", "pl_exec.c")).as(code).isEqualTo("sql-failed");
            assertThat(code(code, "PLy_elog_impl", "plpy_elog.c")).as(code).isEqualTo("sql-failed");
        }
        assertThat(code("53100", "mdextend", "md.c")).isEqualTo("disk-full");
        assertThat(code("53200", "AllocSetAlloc", "aset.c")).isEqualTo("scratch-limit");
        assertThat(code("", "check_stack_depth", "postgres.c")).isEqualTo("scratch-limit");
        assertThat(code("58P01", "internal_load_library", "dfmgr.c")).isEqualTo("library-missing");
        assertThat(Refusal.of("doing", false, Optional.empty(), null).code()).isEqualTo("scratch-server-gone");
        assertThat(Refusal.of("doing", true, Optional.empty(), null).code()).isEqualTo("tool-failed");
        assertThat(Refusal.of("doing", false, Optional.of(new ServerLog.Entry("53100", "XLogWrite", "xlog.c")), null).code())
                .isEqualTo("disk-full");
        assertThat(Refusal.of("doing", true, Optional.of(new ServerLog.Entry("PRIVA", "exec_stmt_raise", "pl_exec.c")), null))
                .satisfies(unknown -> assertThat(unknown.getMessage() + unknown.condition()).doesNotContain("PRIVA"));
    }

    @Test
    void that_a_session_was_broken_off_is_a_consequence_wherever_no_function_says_so() {
        String log = "holdfast ERROR:  08006: unexpected EOF on client connection with an open transaction\n"
                + "holdfast CONTEXT:  COPY t, line 5: \"private\"\nholdfast LOCATION:  CopyGetData, copyfromparse.c:304\n";
        assertThat(Refusal.of("doing", true, ServerLog.firstError(log), null)).satisfies(broken -> {
            assertThat(broken.code()).isEqualTo("tool-failed");
            assertThat(broken.getMessage()).contains("broken off").doesNotContain("private");
        });
        assertThat(code("57014", "CopyGetData", "copyfromparse.c")).isEqualTo("tool-failed");
        for (String code : new String[] {"08006", "08P01", "57014", "57P01", "57P05"}) {
            assertThat(code(code, "ProcessInterrupts", "postgres.c")).as(code).isEqualTo("tool-failed");
            assertThat(code(code, "exec_stmt_raise", "pl_exec.c")).as(code).isEqualTo("sql-failed");
            assertThat(code(code, "PLy_elog_impl", "plpy_elog.c")).as(code).isEqualTo("sql-failed");
        }
        assertThat(code("57P03", "ProcessStartupPacket", "postmaster.c")).isEqualTo("tool-failed");
        assertThat(code("22P04", "NextCopyFrom", "copyfromparse.c")).isEqualTo("sql-failed");
        assertThat(code("42601", "exec_simple_query", "postgres.c")).isEqualTo("sql-failed");
    }

    private static String code(String sqlState, String function, String file) {
        return Refusal.of("doing", true, Optional.of(new ServerLog.Entry(sqlState, function, file)), null).code();
    }
}
