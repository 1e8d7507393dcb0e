package dev.holdfast.postgres.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;

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
}
