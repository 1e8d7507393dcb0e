package dev.holdfast.postgres.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.failure.HoldfastException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchSpaceTest {

    @Test
    void a_folder_that_can_not_be_made_is_told_with_its_key(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        HoldfastException failure = catchThrowableOfType(HoldfastException.class,
                () -> ScratchSpace.of(file.resolve("scratch"), 1, ScratchSizing.of(1, 512L << 20)));
        assertThat(failure.code()).isEqualTo("scratch-failed");
        assertThat(failure.nextStep()).contains("verifier.scratch");
    }
}
