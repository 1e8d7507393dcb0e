package dev.holdfast.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class SchemaEvolutionTest {

    private static final String RELEASED = """
            {"type":"object","required":["a"],"properties":{
              "a":{"type":"string","pattern":"^x$","maxLength":9},
              "b":{"type":["integer","null"],"minimum":0},
              "c":{"type":"string","enum":["one","two"]},
              "d":{"type":"array","items":{"type":"object","required":["e"],"properties":{"e":{"type":"string"},"f":{"type":"number"}}}}}}""";

    @Test
    void nothing_released_was_removed_renamed_narrowed_or_newly_required() throws IOException {
        assertThat(SchemaEvolution.breaks(SchemaEvolution.released(), SchemaEvolution.current()))
                .as("A released schema may only grow. Undo the change, or add a v2 beside v1.").isEmpty();
    }

    @Test
    void every_type_of_event_is_in_the_snapshot() throws IOException {
        List<String> roots = SchemaEvolution.released().keySet().stream().filter(path -> path.endsWith(" ")).toList();

        assertThat(roots).hasSizeGreaterThanOrEqualTo(21).contains("backup.requested.v1 ", "catalog.entry.v1 ", "cloudevent.v1 ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "removed | \"b\":{\"type\":[\"integer\",\"null\"],\"minimum\":0}, | `` | /b was removed",
        "renamed | \"b\": | \"bb\": | /b was removed",
        "removed inside a list | ,\"f\":{\"type\":\"number\"} | `` | /d/*/f was removed",
        "fewer types | [\"integer\",\"null\"] | \"integer\" | /b takes fewer types",
        "another type | \"type\":\"number\" | \"type\":\"string\" | /d/*/f takes fewer types",
        "number to integer | \"type\":\"number\" | \"type\":\"integer\" | /d/*/f takes fewer types",
        "fewer values | [\"one\",\"two\"] | [\"one\"] | /c takes fewer values",
        "values where all were taken | \"e\":{\"type\":\"string\"} | \"e\":{\"type\":\"string\",\"enum\":[\"x\"]} | /d/*/e takes fewer values",
        "another pattern | ^x$ | ^y$ | /a has a new pattern",
        "a format | \"e\":{\"type\":\"string\"} | \"e\":{\"type\":\"string\",\"format\":\"uri\"} | /d/*/e has a new format",
        "a constant | \"e\":{\"type\":\"string\"} | \"e\":{\"type\":\"string\",\"const\":\"x\"} | /d/*/e has a new const",
        "a lower maximum | \"maxLength\":9 | \"maxLength\":8 | /a has a lower maxLength",
        "a new minimum length | \"e\":{\"type\":\"string\"} | \"e\":{\"type\":\"string\",\"minLength\":1} | /d/*/e has a higher minLength",
        "a higher minimum | \"minimum\":0 | \"minimum\":1 | /b has a higher minimum",
        "newly required | [\"a\"] | [\"a\",\"b\"] | /b became required",
        "newly required inside a list | [\"e\"] | [\"e\",\"f\"] | /d/*/f became required",
        "new and required | [\"a\"],\"properties\":{ | [\"a\",\"g\"],\"properties\":{\"g\":{\"type\":\"string\"}, | /g is new and required"})
    void a_break_is_found(String what, String from, String to, String found) {
        assertThat(RELEASED).as(what).contains(from);

        assertThat(breaks(RELEASED.replace(from, to))).as(what).isNotEmpty().anyMatch(line -> line.contains(found));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "nothing | \"a\" | \"a\"",
        "a new optional field | \"properties\":{\"e\" | \"properties\":{\"z\":{\"type\":\"string\"},\"e\"",
        "more types | \"type\":\"string\",\"enum\" | \"type\":[\"string\",\"null\"],\"enum\"",
        "more values | [\"one\",\"two\"] | [\"one\",\"two\",\"three\"]",
        "integer to number | [\"integer\",\"null\"] | [\"number\",\"null\"]",
        "no pattern any more | \"pattern\":\"^x$\", | ``",
        "a higher maximum | \"maxLength\":9 | \"maxLength\":10",
        "no longer required | [\"a\"] | []",
        "a description | \"minimum\":0 | \"minimum\":0,\"description\":\"more words\""})
    void growth_is_no_break(String what, String from, String to) {
        assertThat(RELEASED).as(what).contains(from);

        assertThat(breaks(RELEASED.replace(from, to))).as(what).isEmpty();
    }

    @Test
    void a_keyword_that_could_narrow_unseen_is_refused() {
        assertThatThrownBy(() -> breaks(RELEASED.replace("\"minimum\":0", "\"multipleOf\":2"))).hasMessageContaining("multipleOf");
        assertThatThrownBy(() -> breaks(RELEASED.replace("\"required\":[\"e\"]", "\"additionalProperties\":false")))
                .hasMessageContaining("additionalProperties");
    }

    private static List<String> breaks(String now) {
        JsonMapper mapper = new JsonMapper();
        return SchemaEvolution.breaks(SchemaEvolution.signature("x.v1", mapper.readTree(RELEASED)),
                SchemaEvolution.signature("x.v1", mapper.readTree(now)));
    }
}
