package dev.holdfast.postgres.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.NeedsNamespaces;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NeedsNamespaces.class)
class ScratchDiesWithUsIT {

    /** Starts a scratch cluster with a busy session and then waits to be killed. */
    static final class Parent {

        public static void main(String[] arguments) throws IOException {
            ScratchCluster cluster = ScratchCluster.start(Scratches.spec(Path.of(arguments[0]), "UTF8", "C"));
            Thread.ofPlatform().daemon().start(() -> cluster.query("postgres", "SELECT pg_sleep(1000)", Duration.ofMinutes(20)));
            while (!cluster.query("postgres", "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'", Duration.ofMinutes(1))
                    .equals(List.of(List.of("1")))) {
                Thread.onSpinWait();
            }
            System.out.println("started");
            System.in.read();
        }
    }

    @Test
    void a_killed_process_leaves_no_server_and_the_next_one_removes_its_folder(@TempDir Path place) throws IOException, InterruptedException {
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process parent = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-Xmx64m", "-XX:+UseSerialGC",
                "-cp", System.getProperty("java.class.path"), Parent.class.getName(), place.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader output = parent.inputReader()) {
            assertThat(output.readLine()).isEqualTo("started");
            List<ProcessHandle> started = parent.toHandle().descendants().toList();
            assertThat(started).hasSizeGreaterThan(3);

            parent.destroyForcibly().waitFor();

            await().atMost(Duration.ofSeconds(30)).until(() -> started.stream().noneMatch(ProcessHandle::isAlive));
            ScratchFolder next = ScratchFolder.create(place);
            next.remove();
            assertThat(place).isEmptyDirectory();
        } finally {
            parent.destroyForcibly();
        }
    }
}
