package dev.holdfast.events;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.format.EventDeserializationException;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.rw.CloudEventRWException;
import java.net.URI;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Events to bytes and back: CloudEvents 1.0 JSON in structured mode, and the binary mode of the Kafka protocol binding
 * for reading. The schema files decide what is readable; unknown fields are ignored. Thread-safe.
 */
public final class EventCodec {

    /** Content type of what {@link #encode} returns. */
    public static final String CONTENT_TYPE = JsonFormat.CONTENT_TYPE;

    /** Larger values are neither written nor read, in bytes: what Kafka takes by default, less room for its headers. */
    public static final int MAX_BYTES = 1_000_000;

    private static final String CORRELATION = "correlationid";
    private static final String INSTANCE = "instance";
    private static final String BINARY_PREFIX = "ce_";

    private static final List<String> ATTRIBUTES =
            List.of("specversion", "id", "source", "type", "subject", "time", "datacontenttype", CORRELATION, INSTANCE);

    private final EventSchemas schemas = new EventSchemas();
    private final EventJson json = new EventJson();
    private final JsonFormat format = new JsonFormat();

    /**
     * The event as structured JSON.
     *
     * @throws HoldfastException of kind {@code BUG}, code {@code event-invalid}, where the event breaks its own schema
     */
    public byte[] encode(Event<?> event) {
        EventType type = event.type();
        JsonNode data = json.tree(event.data());
        schemas.faultsOfData(type, data).ifPresent(faults -> {
            throw invalid(type, faults);
        });
        byte[] bytes = format.serialize(envelope(event, json.bytes(data)));
        if (bytes.length > MAX_BYTES) {
            throw invalid(type, bytes.length + " bytes, more than the " + MAX_BYTES + " that a record may have");
        }
        schemas.faultsOfEnvelope(json.parse(bytes)).ifPresent(faults -> {
            throw invalid(type, faults);
        });
        return bytes;
    }

    /**
     * Reads structured JSON. A missing {@code time} stays null, a missing correlation is the event's own id.
     *
     * @throws UnreadableEventException with what is wrong and where, never with a value
     */
    public Event<?> decode(byte[] value) {
        return read(json.parse(checked(value)));
    }

    /**
     * Reads a Kafka record in the mode it is in: binary where the headers hold {@code ce_specversion} and the content
     * type is not that of structured mode, structured otherwise.
     *
     * @param headers the record's headers; of a repeated one the last
     * @throws UnreadableEventException with what is wrong and where, never with a value
     */
    public Event<?> decode(Map<String, byte[]> headers, byte[] value) {
        String contentType = text(headers, "content-type").orElse("");
        boolean structured = contentType.toLowerCase(Locale.ROOT).startsWith("application/cloudevents");
        if (structured || !headers.containsKey(BINARY_PREFIX + "specversion")) {
            return decode(value);
        }
        ObjectNode event = json.object();
        for (String attribute : ATTRIBUTES) {
            text(headers, BINARY_PREFIX + attribute).ifPresent(text -> event.put(attribute, text));
        }
        text(headers, "content-type").ifPresent(text -> event.put("datacontenttype", text));
        event.set("data", json.parse(checked(value)));
        return read(event);
    }

    private Event<?> read(ObjectNode tree) {
        schemas.faultsOfEnvelope(tree).ifPresent(faults -> {
            throw new UnreadableEventException(faults);
        });
        EventType type = typeOf(tree.get("type").asString());
        return event(cloudEvent(tree), type, tree.get("data"));
    }

    /** The envelope as CloudEvents reads it. Members that are null count as absent, those nobody knows are left out. */
    private CloudEvent cloudEvent(ObjectNode tree) {
        ObjectNode known = json.object();
        for (String attribute : ATTRIBUTES) {
            JsonNode value = tree.path(attribute);
            if (!value.isMissingNode() && !value.isNull()) {
                known.set(attribute, value);
            }
        }
        try {
            return format.deserialize(json.bytes(known));
        } catch (CloudEventRWException | EventDeserializationException | IllegalArgumentException e) {
            throw new UnreadableEventException("the envelope is not CloudEvents 1.0; look at id, source, type, subject and time");
        }
    }

    private Event<?> event(CloudEvent envelope, EventType type, JsonNode data) {
        schemas.faultsOfData(type, data).ifPresent(faults -> {
            throw new UnreadableEventException(type.type() + ": " + faults);
        });
        Object correlation = envelope.getExtension(CORRELATION);
        Object instance = envelope.getExtension(INSTANCE);
        return new Event<>(envelope.getId(), envelope.getSource().toString(), envelope.getSubject(),
                Optional.ofNullable(envelope.getTime()).map(OffsetDateTime::toInstant).orElse(null),
                correlation == null ? envelope.getId() : correlation.toString(),
                instance == null ? null : instance.toString(), json.read(data, type));
    }

    private static CloudEvent envelope(Event<?> event, byte[] data) {
        try {
            CloudEventBuilder builder = CloudEventBuilder.v1().withId(event.id()).withSource(URI.create(event.source()))
                    .withType(event.type().type()).withSubject(event.subject()).withDataContentType("application/json")
                    .withExtension(CORRELATION, event.correlationId()).withData(data);
            if (event.time() != null) {
                builder.withTime(event.time().atOffset(ZoneOffset.UTC));
            }
            if (event.instance() != null) {
                builder.withExtension(INSTANCE, event.instance());
            }
            return builder.build();
        } catch (CloudEventRWException | IllegalArgumentException | IllegalStateException | NullPointerException e) {
            throw invalid(event.type(), "the envelope is not CloudEvents 1.0: " + e.getMessage());
        }
    }

    private static EventType typeOf(String type) {
        return EventType.ofType(type).orElseThrow(() -> new UnreadableEventException(
                "type: " + EventJson.shown(type) + " is unknown; a request is " + EventType.BACKUP_REQUESTED.type()));
    }

    private static byte[] checked(byte[] value) {
        if (value == null || value.length == 0) {
            throw new UnreadableEventException("the value is empty");
        }
        if (value.length > MAX_BYTES) {
            throw new UnreadableEventException(
                    "the value has " + value.length + " bytes, more than the " + MAX_BYTES + " that a record may have");
        }
        return value;
    }

    private static Optional<String> text(Map<String, byte[]> headers, String name) {
        byte[] value = headers.get(name);
        return Optional.ofNullable(value).map(bytes -> EventJson.utf8(bytes, name));
    }

    private static HoldfastException invalid(EventType type, String faults) {
        return new HoldfastException(FailureKind.BUG, "event-invalid", "Writing " + type.type() + ": " + faults,
                "Report this as a defect of Holdfast, with this message.");
    }
}
