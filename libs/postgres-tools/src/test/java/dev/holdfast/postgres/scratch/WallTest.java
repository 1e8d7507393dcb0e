package dev.holdfast.postgres.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.ToolSet;

class WallTest {

    /** As unshare(1) ends in a container without the right to make namespaces. */
    @Test
    void where_namespaces_are_not_permitted_nothing_is_started_however_privileged_we_are(@TempDir Path folder) throws IOException {
        Path unshare = Files.writeString(folder.resolve("unshare"), "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n");
        Files.setPosixFilePermissions(unshare, PosixFilePermissions.fromString("rwxr-xr-x"));
        HoldfastException refused = catchThrowableOfType(HoldfastException.class, () -> Wall.around(folder, Optional.of("nobody"),
                new ToolSet(Path.of("/usr/bin"), "15.0", 15, 0), unshare.toString()));
        assertThat(refused.code()).isEqualTo("isolation-not-permitted");
        assertThat(refused).hasMessageContaining("Operation not permitted");
        assertThat(refused.nextStep()).contains("unshare(2)").contains("seccomp");
    }
}
