package dev.holdfast.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EventCodecTest {

    private static final Instant NOON = Instant.parse("2026-02-03T12:00:00.123456789Z");
    private static final EventCodec CODEC = new EventCodec();

    @Test
    void a_request_typed_by_hand_needs_five_attributes_and_one_field() {
        Event<?> event = decode("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/people/ana\","
                + "\"type\":\"dev.holdfast.backup.requested.v1\",\"data\":{\"database\":\"shop\"}}");

        assertThat(event).isEqualTo(new Event<>("1", "/people/ana", null, null, "1", null,
                new BackupRequested("shop", null, null, null, null, null, null, null)));
    }

    @Test
    void a_missing_time_is_left_to_the_caller() {
        Event<?> silent = decode(request("", "\"database\":\"shop\""));
        Event<?> telling = decode(request("\"time\":\"2026-02-03T14:00:00+13:45\",", "\"database\":\"shop\""));

        assertThat(silent.orTime(NOON).time()).isEqualTo(NOON);
        assertThat(telling.orTime(NOON).time()).isEqualTo(Instant.parse("2026-02-03T00:15:00Z"));
    }

    @Test
    void fields_and_attributes_that_nobody_knows_yet_are_ignored() {
        Event<?> event = decode(request("\"traceparent\":\"00-ab\",\"sequence\":7,\"Weird-Name\":\"x\",\"later\":{\"a\":[1]},",
                "\"database\":\"shop\",\"colour\":{\"deep\":[1,2,{\"er\":null}]}"));

        assertThat(event.data()).isEqualTo(new BackupRequested("shop", null, null, null, null, null, null, null));
    }

    @Test
    void an_optional_field_that_is_null_counts_as_absent() {
        Event<?> event = decode(request("\"subject\":null,\"time\":null,\"correlationid\":null,\"dataschema\":null,",
                "\"database\":\"shop\",\"kind\":null,\"repositories\":null,\"attempt\":null"));

        assertThat(event.time()).isNull();
        assertThat(event.correlationId()).isEqualTo(event.id());
        assertThat(((BackupRequested) event.data()).kind()).isNull();
    }

    @Test
    void a_byte_order_mark_and_white_space_do_no_harm() {
        assertThat(decode("\uFEFF \n" + request("", "\"database\":\"shop\"") + "\r\n").key()).isEqualTo("shop");
    }

    @Test
    void binary_mode_is_told_by_its_headers() {
        Map<String, byte[]> headers = binaryHeaders();
        headers.put("ce_time", "2026-02-03T02:00:00Z".getBytes(UTF_8));
        headers.put("ce_correlationid", "c-1".getBytes(UTF_8));
        headers.put("content-type", "application/json".getBytes(UTF_8));
        headers.put("other", new byte[] {(byte) 0xff});

        Event<?> event = CODEC.decode(headers, "{\"database\":\"shop\"}".getBytes(UTF_8));

        assertThat(event).isEqualTo(new Event<>("7", "/people/ana", null, Instant.parse("2026-02-03T02:00:00Z"), "c-1", null,
                new BackupRequested("shop", null, null, null, null, null, null, null)));
    }

    @Test
    void a_record_without_headers_or_of_the_structured_type_is_structured() {
        byte[] value = request("", "\"database\":\"shop\"").getBytes(UTF_8);
        Map<String, byte[]> both = binaryHeaders();
        both.put("content-type", "application/cloudevents+json; charset=utf-8".getBytes(UTF_8));

        assertThat(CODEC.decode(Map.of(), value)).isEqualTo(CODEC.decode(value));
        assertThat(CODEC.decode(both, value).id()).isEqualTo("1");
    }

    @Test
    void what_is_written_is_structured_json_with_both_extensions_and_every_digit_of_the_time() {
        Event<RunReleased> event = Event.of("/holdfast/backup-worker", NOON,
                new RunReleased("shop", "r1", "backup", 2, "the worker shuts down")).withCorrelationId("c-9").withInstance("w-1");

        JsonNode json = new JsonMapper().readTree(CODEC.encode(event));

        assertThat(json.get("specversion").asString()).isEqualTo("1.0");
        assertThat(json.get("type").asString()).isEqualTo("dev.holdfast.run.released.v1");
        assertThat(json.get("correlationid").asString()).isEqualTo("c-9");
        assertThat(json.get("instance").asString()).isEqualTo("w-1");
        assertThat(json.get("data").get("attempt").asInt()).isEqualTo(2);
        assertThat(CODEC.decode(CODEC.encode(event))).isEqualTo(event);
    }

    @Test
    void names_of_every_script_survive() {
        Event<AlertRaised> event = Event.of("/holdfast/x", NOON,
                new AlertRaised("shop", "dead-letter", "warning", "Größe \"日本\" \\ \u2028 😀", "ärger", "hilfe"));

        assertThat(CODEC.decode(CODEC.encode(event))).isEqualTo(event);
    }

    @Test
    void an_event_that_breaks_its_own_schema_is_not_written() {
        assertInvalid(Event.of("/x", NOON, new BackupRequested("Shop!", null, null, null, null, null, null, null)), "data/database");
        assertInvalid(Event.of("/x", NOON, new RunReleased("shop", null, "backup", 1, "r")), "runId");
        assertInvalid(Event.of("", NOON, new RunReleased("shop", "r", "backup", 1, "r")), "source");
        assertInvalid(Event.of("/x", NOON, new DeliveryRequested("shop", "s", "w", "e", "t", "x".repeat(EventCodec.MAX_BYTES))), "bytes");
    }

    @Test
    void an_explicit_null_and_a_list_of_them_are_told_apart_from_values() {
        assertThatThrownBy(() -> decode(request("", "\"database\":null"))).isInstanceOf(UnreadableEventException.class);
        assertThatThrownBy(() -> decode(request("", "\"database\":\"shop\",\"repositories\":[null]")))
                .isInstanceOf(UnreadableEventException.class).hasMessageContaining("data/repositories/0");
        assertThat(((BackupRequested) decode(request("", "\"database\":\"shop\",\"repositories\":[]")).data()).repositories())
                .isEqualTo(List.of());
    }

    private static void assertInvalid(Event<?> event, String where) {
        assertThatThrownBy(() -> CODEC.encode(event)).isInstanceOfSatisfying(HoldfastException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(FailureKind.BUG);
            assertThat(failure.code()).isEqualTo("event-invalid");
        }).hasMessageContaining(where);
    }

    private static Map<String, byte[]> binaryHeaders() {
        Map<String, byte[]> headers = new HashMap<>();
        headers.put("ce_specversion", "1.0".getBytes(UTF_8));
        headers.put("ce_id", "7".getBytes(UTF_8));
        headers.put("ce_source", "/people/ana".getBytes(UTF_8));
        headers.put("ce_type", "dev.holdfast.backup.requested.v1".getBytes(UTF_8));
        return headers;
    }

    static String request(String attributes, String data) {
        return "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/people/ana\"," + attributes
                + "\"type\":\"dev.holdfast.backup.requested.v1\",\"data\":{" + data + "}}";
    }

    private static Event<?> decode(String json) {
        return CODEC.decode(json.getBytes(UTF_8));
    }
}
