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

    @Test
    void of_what_may_be_endless_two_rows_of_two_short_values_are_kept() throws IOException {
        String row = "%s,b,c\n".formatted("x".repeat(100_000));
        List<List<String>> two = Csv.readTwo(new ByteArrayInputStream(row.repeat(50).getBytes(StandardCharsets.UTF_8)));
        assertThat(two).hasSize(2).allSatisfy(kept -> assertThat(kept).containsExactly("x".repeat(16), "b"));
    }
}
