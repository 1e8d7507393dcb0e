package dev.holdfast.postgres.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.Test;

class ChildrenDieWithUsTest {

    /** A process that starts programs from a short-lived thread and then waits to be killed. */
    static final class Parent {

        public static void main(String[] arguments) throws Exception {
            Thread shortLived = new Thread(() -> System.out.println(Scripts.start("exec sleep 1000").pid().orElseThrow()));
            shortLived.start();
            shortLived.join();
            System.in.read();
        }
    }

    @Test
    void a_killed_process_leaves_no_child_and_a_thread_that_ends_kills_none() throws IOException, InterruptedException {
        Process parent = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-Xmx64m", "-XX:+UseSerialGC",
                "-cp", System.getProperty("java.class.path"), Parent.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader output = parent.inputReader()) {
            ProcessHandle child = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
            assertThat(parent.toHandle().children().map(ProcessHandle::pid)).contains(child.pid());
            assertThat(child.isAlive()).isTrue();

            parent.destroyForcibly().waitFor();

            await().atMost(Duration.ofSeconds(30)).until(() -> !child.isAlive());
        } finally {
            parent.destroyForcibly();
        }
    }
}
