package dev.holdfast.postgres.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.testkit.NeedsNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import dev.holdfast.postgres.program.Enclosure;
import dev.holdfast.postgres.program.Probe;
import dev.holdfast.postgres.program.ProgramResult;
import dev.holdfast.testkit.PostgresServer;

/** The wall of a process that is not root; where the tests run as root they become {@code nobody} first. */
@ExtendWith(NeedsNamespaces.class)
class WallIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    @TempDir
    Path parent;

    private Path key;
    private Enclosure wall;

    @BeforeEach
    void build() throws IOException {
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path folder = Files.createDirectory(parent.resolve("scratch"));
        Path root = Files.createDirectory(folder.resolve("root"));
        Path inbox = Files.createDirectory(folder.resolve("inbox"));
        key = Files.writeString(parent.resolve("private.key"), "private key");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        boolean isRoot = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        List<String> prefix = new ArrayList<>();
        if (isRoot) {
            prefix.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"));
            for (Path path : List.of(folder, root, inbox, key)) {
                Files.setOwner(path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
            }
        }
        prefix.addAll(Wall.userNamespaces(folder, id("-u", isRoot), id("-g", isRoot), Scratches.tools()));
        wall = new Enclosure(prefix);
        ProgramResult permitted = run("exit 0").result();
        assumeTrue(permitted.succeeded(), () -> "this machine does not permit user namespaces: " + permitted.messages());
    }

    @Test
    void it_hides_even_files_that_the_user_itself_may_read() {
        assertThat(run("cat " + key + "; echo done").printed()).isEqualTo("done\n");
        assertThat(run("touch " + parent + "/scratch/own && echo done").printed()).isEqualTo("done\n");
        assertThat(run("touch " + parent + "/scratch/inbox/planted || echo refused").printed()).isEqualTo("refused\n");
        assertThat(run("mv " + parent + "/scratch/inbox " + parent + "/scratch/moved || echo refused").printed()).isEqualTo("refused\n");
        assertThat(run("ls /").printed().lines()).doesNotContain("root", "home", "srv", "run");
    }

    @Test
    void inside_nobody_is_root_and_nothing_can_be_gained() {
        assertThat(run("id -u").printed().strip()).isNotEqualTo("0");
        assertThat(run("grep -h -e CapEff -e CapPrm -e NoNewPrivs /proc/self/status").printed())
                .containsPattern("CapPrm:\\s+0000000000000000").containsPattern("CapEff:\\s+0000000000000000").containsPattern("NoNewPrivs:\\s+1");
        assertThat(run("mount -t tmpfs x /tmp").result().succeeded()).isFalse();
    }

    @Test
    void there_is_no_network_and_no_process_outside() {
        int port = PostgresServer.shared().port();

        assertThat(run("exec 2>&1; bash -c 'exec 3<>/dev/tcp/127.0.0.1/" + port + " && echo reached it'").printed()).doesNotContain("reached it");
        assertThat(run("cat /proc/[0-9]*/cmdline | tr '\\000' ' '").printed()).doesNotContain("java");
    }

    @Test
    void the_exit_code_of_the_program_comes_through() {
        assertThat(run("exit 3").result()).isEqualTo(new ProgramResult.Exited(3, ""));
    }

    private Probe.Answer run(String script) {
        return Probe.run("/bin/sh", List.of("-c", script), wall, TIMEOUT);
    }

    private static String id(String option, boolean nobody) {
        List<String> arguments = nobody ? List.of(option, "nobody") : List.of(option);
        return Probe.run("/usr/bin/id", arguments, Enclosure.NONE, TIMEOUT).printed().strip();
    }
}
