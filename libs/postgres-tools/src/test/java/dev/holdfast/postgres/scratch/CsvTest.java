package dev.holdfast.postgres.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

class CsvTest {

    @Test
    void quotes_commas_and_line_breaks_are_values() throws IOException {
        assertThat(read("a,\"b,\"\"c\"\"\",\"\n\"\n,,\n\"\"\"\"\n"))
                .containsExactly(List.of("a", "b,\"c\"", "\n"), List.of("", "", ""), List.of("\""));
        assertThat(read("")).isEmpty();
        assertThat(read("\n")).containsExactly(List.of(""));
    }

    @Test
    void a_row_without_its_end_is_an_error() {
        assertThatThrownBy(() -> read("a,b")).isInstanceOf(IOException.class);
    }

    private static List<List<String>> read(String text) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        Csv.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), rows::add);
        return rows;
    }
}
