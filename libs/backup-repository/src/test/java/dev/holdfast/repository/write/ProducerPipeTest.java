package dev.holdfast.repository.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real programs at the other end of the pipe, with every way in which one can end. */
@Timeout(60)
class ProducerPipeTest {

    private static final CopySettings SETTINGS =
            new CopySettings(64 << 10, 4, Duration.ofSeconds(30), Duration.ofSeconds(30));

    private final MemoryStore store = MemoryStore.healthy();

    @Test
    void a_program_that_printed_data_and_then_exited_1_leaves_nothing() throws Exception {
        assertThatThrownBy(() -> backUp("head -c 3000000 /dev/zero; exit 1")).hasMessage("exit 1");

        assertNothingStored();
    }

    @Test
    void a_program_that_printed_nothing_and_exited_1_leaves_nothing() throws Exception {
        assertThatThrownBy(() -> backUp("exit 1")).hasMessage("exit 1");

        assertNothingStored();
    }

    @Test
    void a_program_that_printed_nothing_and_exited_0_leaves_nothing() throws Exception {
        assertThatThrownBy(() -> backUp("exit 0")).isInstanceOfSatisfying(HoldfastException.class,
                e -> assertThat(e.code()).isEqualTo("dump-empty"));

        assertNothingStored();
    }

    @Test
    void a_program_that_closed_its_output_and_failed_later_leaves_nothing() throws Exception {
        assertThatThrownBy(() -> backUp("head -c 3000000 /dev/zero; exec >&-; sleep 0.3; exit 3")).hasMessage("exit 3");

        assertNothingStored();
    }

    @Test
    void a_program_killed_in_mid_stream_leaves_nothing() throws Exception {
        assertThatThrownBy(() -> backUp("head -c 3000000 /dev/zero; kill -9 $$")).hasMessage("exit 137");

        assertNothingStored();
    }

    @Test
    void a_split_stream_whose_program_fails_leaves_orphans_but_never_its_last_part() throws Exception {
        try (BackupCopies copies = open()) {
            assertThatThrownBy(() -> stream(copies, "head -c 2500000 /dev/zero; exit 1", 1_000_000))
                    .hasMessage("exit 1");
        }

        assertThat(store.data()).containsOnlyKeys("data.dump.000", "data.dump.001");
        assertThat(store.openUploads).hasValue(0);
    }

    @Test
    void a_program_that_exits_0_after_its_data_is_stored() throws Exception {
        backUp("head -c 3000000 /dev/zero");

        assertThat(store.data()).containsOnlyKeys("data.dump.000", "manifest.json");
        assertThat(store.data().get("data.dump.000")).hasSize(3_000_000);
    }

    private BackupCopies open() {
        return Attempts.open(SETTINGS, store);
    }

    private void backUp(String script) throws Exception {
        try (BackupCopies copies = open()) {
            stream(copies, script, 1L << 30);
            copies.commitManifest(Attempts.manifest(copies.commitStreams()));
        }
    }

    private static void stream(BackupCopies copies, String script, long partBytes) throws IOException {
        Process program = new ProcessBuilder("/bin/sh", "-c", script).redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            copies.write(StreamSpec.data(Attempts.FOLDER, "none", Optional.empty(), partBytes),
                    program.getInputStream(), () -> requireExitZero(program));
        } finally {
            program.destroyForcibly();
        }
    }

    private static void requireExitZero(Process program) {
        try {
            int status = program.waitFor();
            if (status != 0) {
                throw new HoldfastException(FailureKind.RETRIABLE, "dump-failed", "exit " + status, "look at its output");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void assertNothingStored() {
        assertThat(store.data()).isEmpty();
        assertThat(store.openUploads).hasValue(0);
    }
}
