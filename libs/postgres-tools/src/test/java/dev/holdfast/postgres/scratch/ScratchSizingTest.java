package dev.holdfast.postgres.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.holdfast.failure.HoldfastException;

class ScratchSizingTest {

    @Test
    void the_formula_follows_cores_and_memory_within_its_bounds() {
        assertThat(ScratchSizing.of(2, 8L << 30)).isEqualTo(new ScratchSizing(2, 1024, 256, 2048));
        assertThat(ScratchSizing.of(64, 512L << 30)).isEqualTo(new ScratchSizing(8, 2048, 1024, 4096));
        assertThat(ScratchSizing.of(1, 128L << 20)).isEqualTo(new ScratchSizing(1, 32, 16, 256));
    }

    @Test
    void servers_that_run_at_once_share_cores_and_memory() {
        assertThat(ScratchSizing.of(8, 64L << 30, 4)).isEqualTo(ScratchSizing.of(2, 16L << 30));
        assertThat(ScratchSizing.of(2, 8L << 30, 8)).isEqualTo(ScratchSizing.of(1, 1L << 30));
    }

    @Test
    void room_that_was_promised_to_a_proof_is_not_promised_to_another_one_before_it_ended(@TempDir Path folder) {
        ScratchSizing sizing = ScratchSizing.of(1, 128L << 20);
        long free = ScratchSpace.of(folder, 0, sizing).freeBytes();
        long mostOfIt = free / 2;
        try (ScratchSpace.Reserved first = ScratchSpace.reserve(folder, mostOfIt, sizing)) {
            assertThatThrownBy(() -> ScratchSpace.reserve(folder, mostOfIt, sizing))
                    .isInstanceOfSatisfying(HoldfastException.class, e -> assertThat(e.code()).isEqualTo("disk-full"));
            first.close();
            ScratchSpace.reserve(folder, mostOfIt, sizing).close();
        }
    }

    @Test
    void room_is_half_again_the_database_and_the_log(@TempDir Path folder) {
        ScratchSizing sizing = ScratchSizing.of(1, 128L << 20);

        assertThat(ScratchSpace.of(folder, 1L << 30, sizing).neededBytes()).isEqualTo((1L << 30) * 3 / 2 + (512L << 20));
        assertThat(ScratchSpace.of(folder, 1L << 60, sizing).isEnough()).isFalse();
        assertThatThrownBy(() -> ScratchSpace.of(folder, 1L << 60, sizing).check())
                .isInstanceOfSatisfying(HoldfastException.class, e -> assertThat(e.code()).isEqualTo("disk-full"));
        ScratchSpace.of(folder, 0, sizing).check();
    }
}
