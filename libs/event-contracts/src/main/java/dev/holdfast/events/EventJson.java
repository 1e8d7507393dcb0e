package dev.holdfast.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

/** JSON as strict as the contract: UTF-8, no duplicates, nothing behind the document, bounded depth, no coercion of types. */
final class EventJson {

    static final int MAX_DEPTH = 64;

    private static final int SHOWN = 80;

    private final JsonMapper mapper = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(EventCodec.MAX_BYTES).maxNumberLength(100).build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, config -> {
                for (CoercionInputShape shape : new CoercionInputShape[] {CoercionInputShape.Integer,
                        CoercionInputShape.Float, CoercionInputShape.Boolean}) {
                    config.setCoercion(shape, CoercionAction.Fail);
                }
            })
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    JsonNode tree(Payload data) {
        return mapper.valueToTree(data);
    }

    byte[] bytes(JsonNode node) {
        return mapper.writeValueAsBytes(node);
    }

    ObjectNode object() {
        return mapper.createObjectNode();
    }

    ObjectNode parse(byte[] value) {
        String text = utf8(value, "the value");
        try {
            JsonNode node = mapper.readTree(text.startsWith("\uFEFF") ? text.substring(1) : text);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new UnreadableEventException("the value is not a JSON object");
        } catch (JacksonException e) {
            throw new UnreadableEventException("the value " + fault(e));
        }
    }

    Payload read(JsonNode data, EventType type) {
        try {
            return mapper.treeToValue(data, type.payload());
        } catch (JacksonException e) {
            throw new UnreadableEventException(type.type() + ": data." + path(e) + ": the value does not fit its type");
        }
    }

    static String utf8(byte[] value, String what) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
        } catch (CharacterCodingException e) {
            throw new UnreadableEventException(what + " is not UTF-8", e);
        }
    }

    /** What Jackson says quotes the document, so only its place is passed on, and no cause. */
    private static String fault(JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        String where = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
        String what = e instanceof StreamConstraintsException ? "is nested deeper than " + MAX_DEPTH + " or holds a number that is too long"
                : String.valueOf(e.getOriginalMessage()).startsWith("Duplicate") ? "says a field twice" : "is not JSON";
        return what + where;
    }

    private static String path(JacksonException e) {
        return e.getPath().stream().map(step -> step.getPropertyName() == null ? "" + step.getIndex() : step.getPropertyName())
                .collect(Collectors.joining("."));
    }

    /** A piece of somebody's text, fit for a log line: short, no control characters. */
    static String shown(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= SHOWN ? printable : printable.substring(0, SHOWN) + "...";
    }
}
