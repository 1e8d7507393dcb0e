package dev.holdfast.postgres.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.holdfast.postgres.Password;

class RunningProgramTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    @Test
    void a_producer_that_printed_data_and_then_exited_1_failed() throws IOException {
        try (RunningProgram program = Scripts.start("echo data; echo 'it broke' >&2; exit 1")) {
            assertThat(printed(program)).isEqualTo("data\n");
            assertThat(program.await(LONG)).isEqualTo(new ProgramResult.Exited(1, "it broke"))
                    .extracting(ProgramResult::succeeded).isEqualTo(false);
        }
    }

    @Test
    void one_that_printed_nothing_and_exited_0_succeeded_and_1_failed() throws IOException {
        try (RunningProgram zero = Scripts.start("exit 0"); RunningProgram one = Scripts.start("exit 1")) {
            assertThat(printed(zero)).isEmpty();
            assertThat(printed(one)).isEmpty();
            assertThat(zero.await(LONG).succeeded()).isTrue();
            assertThat(one.await(LONG).succeeded()).isFalse();
        }
    }

    @Test
    void a_signal_is_no_exit_code() throws IOException {
        try (RunningProgram program = Scripts.start("echo data; kill -9 $$")) {
            assertThat(printed(program)).isEqualTo("data\n");
            assertThat(program.await(LONG)).isEqualTo(new ProgramResult.KilledBySignal(9, ""));
        }
    }

    @Test
    void a_program_that_is_not_there_prints_nothing_reads_nothing_and_says_so() throws IOException {
        try (RunningProgram program = ProgramStarter.start(List.of("/nonexistent/pg_dump"), Map.of())) {
            assertThat(printed(program)).isEmpty();
            assertThatThrownBy(() -> program.stdin().write(1)).isInstanceOf(IOException.class);
            assertThat(program.await(LONG)).isInstanceOf(ProgramResult.CouldNotStart.class);
        }
    }

    @Test
    void one_that_does_not_end_in_time_is_killed_with_all_it_started() throws IOException {
        try (RunningProgram program = Scripts.start("trap '' TERM; sleep 1000 & echo $!; while :; do sleep 1000; done")) {
            long grandchild = Long.parseLong(line(program));

            ProgramResult result = program.await(Duration.ofMillis(100));

            assertThat(result).isInstanceOf(ProgramResult.TimedOut.class);
            assertThat(program.isAlive()).isFalse();
            await().until(() -> isGone(grandchild));
        }
    }

    @Test
    void a_flood_of_messages_does_not_block_it_and_only_the_end_is_kept() throws IOException {
        try (RunningProgram program = Scripts.start("i=0; while [ $i -lt 3000 ]; do echo \"message $i ........................................................................\" >&2; i=$((i+1)); done; echo done")) {
            assertThat(printed(program)).isEqualTo("done\n");
            assertThat(program.await(LONG).messages()).contains("message 2999").doesNotContain("message 0 ")
                    .hasSizeLessThanOrEqualTo(16 * 1024);
        }
    }

    @Test
    void output_that_nobody_reads_holds_it_up_without_being_buffered_and_closing_ends_it() {
        RunningProgram program = Scripts.start("exec cat /dev/zero");
        assertThat(program.await(Duration.ofMillis(300))).isInstanceOf(ProgramResult.TimedOut.class);
        program.close();
        assertThat(program.isAlive()).isFalse();
    }

    @Test
    void what_was_written_to_it_arrives_and_its_end_too() throws IOException {
        try (RunningProgram program = Scripts.start("wc -c")) {
            program.stdin().write(new byte[100_000]);
            program.stdin().close();
            assertThat(printed(program).strip()).isEqualTo("100000");
            assertThat(program.await(LONG).succeeded()).isTrue();
        }
    }

    @Test
    void it_inherits_no_variable() throws IOException {
        try (RunningProgram program = ProgramStarter.start(List.of("/usr/bin/env"), Map.of("PGHOST", "x"))) {
            assertThat(printed(program).lines()).containsExactlyInAnyOrder("LC_ALL=C",
                    "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "PGHOST=x");
        }
    }

    @Test
    void arguments_and_variables_keep_every_character_whatever_the_locale_of_this_process() throws IOException {
        String odd = "é 'Ünï' \"$x\" `id` \\n %s 日本\n";

        try (RunningProgram program = ProgramStarter.start(List.of("/bin/sh", "-c", "printf %s \"$1$PGUSER\"", "sh", odd), Map.of("PGUSER", odd))) {
            assertThat(printed(program)).isEqualTo(odd + odd);
        }
    }

    @Test
    void a_password_is_taken_out_of_its_messages() {
        Redaction redaction = new Redaction(Optional.of(new Password("s3cret")));
        try (RunningProgram program = ProgramStarter.start(List.of("/bin/sh", "-c", "echo 'cannot log in with s3cret' >&2; exit 1"),
                Map.of(), Enclosure.NONE, redaction, () -> { })) {
            assertThat(program.await(LONG).messages()).isEqualTo("cannot log in with ***");
        }
    }

    @Test
    void what_must_happen_afterwards_happens_once_however_it_ends() {
        AtomicInteger afterwards = new AtomicInteger();
        for (String script : List.of("exit 0", "exit 1", "kill -9 $$")) {
            try (RunningProgram program = ProgramStarter.start(List.of("/bin/sh", "-c", script), Map.of(), Enclosure.NONE,
                    Redaction.NONE, afterwards::incrementAndGet)) {
                program.await(LONG);
            }
        }
        ProgramStarter.start(List.of("/nonexistent"), Map.of(), Enclosure.NONE, Redaction.NONE, afterwards::incrementAndGet).close();

        await().untilAsserted(() -> assertThat(afterwards).hasValue(4));
    }

    /** As the dynamic loader ends where a library is missing, and a shell where it may not execute. */
    @Test
    void a_program_that_could_not_be_executed_is_not_said_to_have_failed() {
        for (int exit : List.of(126, 127)) {
            try (RunningProgram program = Scripts.start("exit " + exit)) {
                assertThat(program.await(LONG)).isInstanceOf(ProgramResult.CouldNotStart.class);
            }
        }
    }

    @Test
    void an_interrupted_wait_kills_it_and_leaves_the_thread_interrupted() {
        try (RunningProgram program = Scripts.start("sleep 1000")) {
            Thread.currentThread().interrupt();
            assertThat(program.await(LONG)).isInstanceOf(ProgramResult.KilledBySignal.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void one_that_is_started_by_an_interrupted_thread_is_known_and_ends_with_whoever_closes_it() throws IOException {
        Thread.currentThread().interrupt();
        RunningProgram program = Scripts.start("echo $$; sleep 1000");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(program.pid()).isPresent();

        long pid = Long.parseLong(line(program));
        program.close();

        assertThat(isGone(pid)).isTrue();
    }

    private static String printed(RunningProgram program) throws IOException {
        return new String(program.stdout().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String line(RunningProgram program) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = program.stdout().read(); c != '\n'; c = program.stdout().read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    /** A process that nobody waited for counts as gone too. */
    private static boolean isGone(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
    }
}
