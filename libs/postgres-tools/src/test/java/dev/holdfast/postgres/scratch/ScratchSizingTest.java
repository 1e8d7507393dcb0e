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
    void room_is_half_again_the_database_and_the_log(@TempDir Path folder) {
        ScratchSizing sizing = ScratchSizing.of(1, 128L << 20);

        assertThat(ScratchSpace.of(folder, 1L << 30, sizing).neededBytes()).isEqualTo((1L << 30) * 3 / 2 + (512L << 20));
        assertThat(ScratchSpace.of(folder, 1L << 60, sizing).isEnough()).isFalse();
        assertThatThrownBy(() -> ScratchSpace.of(folder, 1L << 60, sizing).check())
                .isInstanceOfSatisfying(HoldfastException.class, e -> assertThat(e.code()).isEqualTo("disk-full"));
        ScratchSpace.of(folder, 0, sizing).check();
    }
}
