package dev.holdfast.postgres.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.testkit.NeedsNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.Probe;
import dev.holdfast.postgres.program.ProgramResult;
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

    /** What pg_restore or psql would have said of an archive is not known where they never ran. */
    @Test
    @ExtendWith(NeedsNamespaces.class)
    void a_program_whose_wall_could_not_be_built_did_not_start_and_said_nothing(@TempDir Path folder) throws IOException {
        for (String trouble : List.of("echo 'unshare: fork failed: Resource temporarily unavailable' >&2; exit 1",
                "exec " + "/usr/bin/unshare \"$@\" 2>/dev/null < /dev/null > /dev/full")) {
            Path root = Files.createDirectories(folder.resolve("scratch-" + trouble.hashCode() + "/root"));
            Path broken = root.resolveSibling("broken");
            Path unshare = Files.writeString(root.resolveSibling("unshare"), "#!/bin/sh\n[ -e " + broken + " ] || exec /usr/bin/unshare \"$@\"\n"
                    + trouble + "\n");
            Files.setPosixFilePermissions(unshare, PosixFilePermissions.fromString("rwxr-xr-x"));
            Wall wall = Wall.around(root.getParent(), Optional.of("nobody"), new ToolSet(Path.of("/usr/bin"), "15.0", 15, 0), unshare.toString());
            assertThat(Probe.run("/bin/false", List.of(), wall.enclosure(), Duration.ofMinutes(1)).result())
                    .isInstanceOf(ProgramResult.Exited.class);
            Files.createFile(broken);
            Files.delete(root);
            assertThat(Probe.run("/bin/false", List.of(), wall.enclosure(), Duration.ofMinutes(1)).result())
                    .isInstanceOf(ProgramResult.CouldNotStart.class);
        }
    }
}
