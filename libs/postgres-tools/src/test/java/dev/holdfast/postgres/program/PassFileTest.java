package dev.holdfast.postgres.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.Password;

class PassFileTest {

    @Test
    void colons_and_backslashes_are_escaped() throws IOException {
        PassFile file = PassFile.write(new Password("a:b\\c é"));

        assertThat(file.path()).hasContent("*:*:*:*:a\\:b\\\\c é\n");
        file.delete();
        assertThat(file.path().getParent()).doesNotExist();
    }

    @Test
    void a_password_of_two_lines_is_refused_without_being_shown() {
        assertThatThrownBy(() -> PassFile.write(new Password("first\nsecond"))).isInstanceOf(HoldfastException.class)
                .hasMessageContaining("line break").message().doesNotContain("first", "second");
    }

    @Test
    void while_a_process_ends_what_it_still_starts_has_its_password_and_then_nothing_is_left() throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Ending.class.getName()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();

        assertThat(process.waitFor()).isZero();
        assertThat(said).element(1).isEqualTo("there is a password while work is being ended: true");
        assertThat(Path.of(said.getFirst()).getParent()).doesNotExist();
    }

    /** Ends with a passfile in use, and looks for a second whether it stays. */
    static final class Ending {

        public static void main(String[] args) {
            Path file = PassFile.write(new Password("secret")).path();
            System.out.println(file);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
                while (Files.exists(file) && System.nanoTime() < end) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
                System.out.println("there is a password while work is being ended: " + Files.exists(file));
            }));
        }
    }
}
