package dev.holdfast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.repository.manifest.Manifest.DataStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunDemoTest {

    @Test
    void a_dump_that_is_compressed_inside_may_be_small() {
        assertThat(holdsEnough("zstd-inside", 47_400_000)).isTrue();
        assertThat(holdsEnough("zstd-inside", 0)).isFalse();
    }

    @Test
    void a_dump_that_is_not_compressed_inside_is_as_large_as_its_rows() {
        assertThat(holdsEnough("zstd", 100_000_000)).isTrue();
        assertThat(holdsEnough("zstd", 47_400_000)).isFalse();
        assertThat(holdsEnough("none", 47_400_000)).isFalse();
    }

    private static boolean holdsEnough(String compression, long plainBytes) {
        return RunDemo.holdsEnough(List.of(new DataStream("globals", "sql", "zstd", 200_000_000, "00", List.of()),
                new DataStream("data", "custom", compression, plainBytes, "00", List.of())));
    }
}
