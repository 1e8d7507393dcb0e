package dev.holdfast.events;

import static dev.holdfast.events.EventCodecTest.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.holdfast.failure.FailureKind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileInputTest {

    private static final EventCodec CODEC = new EventCodec();

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "hello", "{", "[]", "null", "7", "\"text\"", "{}", "{} {}", "{'a':1}", "{\"a\":NaN}", "\u0000", "<xml/>"})
    void what_is_no_json_object_of_the_contract_is_refused(String value) {
        assertUnreadable(value.getBytes(UTF_8));
    }

    @Test
    void nothing_at_all_is_refused() {
        assertThatThrownBy(() -> CODEC.decode(null)).isInstanceOf(UnreadableEventException.class).hasMessageContaining("empty");
        assertThatThrownBy(() -> CODEC.decode(Map.of(), null)).isInstanceOf(UnreadableEventException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "specversion | 1.0", "specversion | `\"0.3\"`", "specversion | `\"2.0\"`", "specversion | null",
        "id | 5", "id | `\"\"`", "id | null", "id | `\"a\\nb\"`", "source | true", "source | `\"\"`", "source | `\"a b\"`",
        "source | `\"http://[\"`", "type | 1", "type | `\"backup.requested\"`", "type | `\"dev.holdfast.backup.requested.v2\"`",
        "type | `\"dev.holdfast.no.such.v1\"`", "time | 1770000000", "time | `\"yesterday\"`", "time | `\"2026-02-30T00:00:00Z\"`",
        "time | `\"2026-02-03 02:00\"`", "correlationid | 7", "subject | {}", "datacontenttype | `\"text/plain\"`",
        "data | null", "data | `\"{\\\"database\\\":\\\"shop\\\"}\"`", "data | []", "data | 7"})
    void an_attribute_of_the_wrong_kind_is_refused_by_name(String attribute, String value) {
        String json = request("", "\"database\":\"shop\"");
        String changed = json.contains("\"" + attribute + "\":")
                ? json.replaceFirst("\"" + attribute + "\":(\"[^\"]*\"|\\{[^}]*\\})", "\"" + attribute + "\":" + value.replace("\\", "\\\\"))
                : request("\"" + attribute + "\":" + value + ",", "\"database\":\"shop\"");

        assertThat(assertUnreadable(changed.getBytes(UTF_8))).contains(attribute);
    }

    @ParameterizedTest
    @ValueSource(strings = {"specversion", "id", "source", "type", "data"})
    void a_missing_attribute_is_named(String attribute) {
        String json = request("", "\"database\":\"shop\"")
                .replaceFirst("\"" + attribute + "\":(\"[^\"]*\"|\\{[^}]*\\}),?", "").replace(",}", "}");

        assertThat(assertUnreadable(json.getBytes(UTF_8))).contains(attribute);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "database | 7", "database | true", "database | `\"\"`", "database | `\"Shop\"`", "database | `\"a b\"`", "database | `\"../etc\"`",
        "database | `\"shop\\n\"`", "database | `\"shöp\"`", "database | `[\"shop\"]`", "database | `\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"`",
        "kind | `\"tape\"`", "kind | 1", "kind | `\"DUMP\"`", "repositories | `\"local\"`", "repositories | [1]", "repositories | {}",
        "fireTime | 1770000000", "fireTime | `\"soon\"`", "attempt | `\"1\"`", "attempt | 1.5", "attempt | 0", "attempt | -1",
        "attempt | 99999999999999999999", "attempt | true", "requester | 7", "deadline | false"})
    void a_field_of_the_wrong_kind_is_refused_by_name(String field, String value) {
        String data = field.equals("database") ? "\"database\":" + value : "\"database\":\"shop\",\"" + field + "\":" + value;

        assertThat(assertUnreadable(request("", data).getBytes(UTF_8))).contains("data/" + field);
    }

    @Test
    void a_missing_field_is_named() {
        assertThat(assertUnreadable(request("", "\"kind\":\"dump\"").getBytes(UTF_8))).contains("data", "database");
    }

    @Test
    void a_field_said_twice_is_refused() {
        assertThat(assertUnreadable(request("", "\"database\":\"shop\",\"database\":\"bank\"").getBytes(UTF_8))).contains("twice");
        assertUnreadable(request("\"id\":\"2\",", "\"database\":\"shop\"").getBytes(UTF_8));
    }

    @Test
    void deep_nesting_is_refused_without_exhausting_the_stack() {
        String deep = "[".repeat(10_000) + "]".repeat(10_000);
        String objects = "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000);

        assertThat(assertUnreadable(deep.getBytes(UTF_8))).contains("nested");
        assertThat(assertUnreadable(request("", "\"database\":\"shop\",\"x\":" + objects).getBytes(UTF_8))).contains("nested");
        assertThat(assertUnreadable(request("", "\"database\":\"shop\",\"n\":" + "9".repeat(5_000)).getBytes(UTF_8))).contains("too long");
    }

    @Test
    void the_largest_value_is_read_and_one_byte_more_is_refused() {
        String frame = request("", "\"database\":\"shop\",\"padding\":\"\"");
        String largest = request("", "\"database\":\"shop\",\"padding\":\"" + "x".repeat(EventCodec.MAX_BYTES - frame.length()) + "\"");

        assertThat(CODEC.decode(largest.getBytes(UTF_8)).key()).isEqualTo("shop");
        assertThat(assertUnreadable((largest + " ").getBytes(UTF_8))).contains("1000001 bytes");
    }

    @Test
    void other_encodings_are_refused() {
        String umlaut = request("", "\"database\":\"shop\",\"reason\":\"ä\"");

        assertThat(assertUnreadable(umlaut.getBytes(ISO_8859_1))).contains("UTF-8");
        assertUnreadable(umlaut.getBytes(UTF_16));
        assertUnreadable(new byte[] {(byte) 0xc0, (byte) 0xaf});
        assertUnreadable(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80});
    }

    @Test
    void broken_binary_headers_are_refused() {
        byte[] data = "{\"database\":\"shop\"}".getBytes(UTF_8);
        Map<String, byte[]> headers = new HashMap<>(Map.of("ce_specversion", bytes("1.0"), "ce_id", bytes("1"), "ce_source", bytes("/x"),
                "ce_type", bytes("dev.holdfast.backup.requested.v1")));
        assertThat(CODEC.decode(headers, data).key()).isEqualTo("shop");

        for (Map.Entry<String, byte[]> broken : Map.of("ce_specversion", bytes("9"), "ce_id", new byte[] {(byte) 0xff}, "ce_source",
                bytes("http://["), "ce_type", bytes("no"), "ce_time", bytes("noon"), "content-type", bytes("text/plain")).entrySet()) {
            Map<String, byte[]> changed = new HashMap<>(headers);
            changed.put(broken.getKey(), broken.getValue());
            assertThatThrownBy(() -> CODEC.decode(changed, data)).as(broken.getKey()).isInstanceOf(UnreadableEventException.class);
        }
        for (String missing : new String[] {"ce_id", "ce_source", "ce_type"}) {
            Map<String, byte[]> changed = new HashMap<>(headers);
            changed.remove(missing);
            assertThatThrownBy(() -> CODEC.decode(changed, data)).as(missing).isInstanceOf(UnreadableEventException.class);
        }
    }

    @Test
    void a_message_never_quotes_a_value() {
        for (String hostile : new String[] {"hunter2", "{\"a\": hunter2}", request("", "\"database\":\"hunter2!\""),
                request("", "\"database\":\"shop\",\"kind\":\"hunter2\""), request("", "\"database\":\"shop\",\"fireTime\":\"hunter2\""),
                request("", "\"database\":\"shop\",\"attempt\":\"hunter2\""), request("\"time\":\"hunter2\",", "\"database\":\"shop\"")}) {
            assertThatThrownBy(() -> CODEC.decode(hostile.getBytes(UTF_8))).satisfies(failure -> {
                StringWriter trace = new StringWriter();
                failure.printStackTrace(new PrintWriter(trace));
                assertThat(trace.toString()).doesNotContain("hunter2");
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_damaged_example_is_read_or_refused_and_nothing_else(EventType type) {
        byte[] example = Resources.bytes(type.example());
        long seed = 20260203L + type.ordinal();
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = example.clone();
            for (int k = 0; k <= random.nextInt(3); k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(CODEC.decode(damaged).data()).isNotNull();
            } catch (UnreadableEventException expected) {
                assertThat(expected.code()).as("seed " + seed).isEqualTo("event-unreadable");
            }
        }
    }

    private static String assertUnreadable(byte[] value) {
        UnreadableEventException failure = assertThrows(UnreadableEventException.class,
                () -> CODEC.decode(value));
        assertThat(failure.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(failure.code()).isEqualTo("event-unreadable");
        assertThat(failure.nextStep()).isNotBlank();
        assertThat(failure.getMessage()).hasSizeLessThan(1_500).doesNotContain("\n");
        return failure.getMessage();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
