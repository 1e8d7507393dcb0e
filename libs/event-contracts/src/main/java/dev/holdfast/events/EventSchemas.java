package dev.holdfast.events;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schema files, loaded once, and what they say about a document. */
final class EventSchemas {

    static final String ENVELOPE = EventType.SCHEMAS + "cloudevent.v1.schema.json";

    private static final int REPORTED = 5;

    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final JsonMapper mapper = new JsonMapper();
    private final Schema envelope = load(ENVELOPE);
    private final Map<EventType, Schema> data = new EnumMap<>(EventType.class);

    EventSchemas() {
        for (EventType type : EventType.values()) {
            data.put(type, load(type.schema()));
        }
    }

    /** What is wrong with the envelope, or empty. */
    Optional<String> faultsOfEnvelope(JsonNode event) {
        return faults(envelope, event, "");
    }

    /** What is wrong with the data of an event of this type, or empty. */
    Optional<String> faultsOfData(EventType type, JsonNode node) {
        return faults(data.get(type), node, "data");
    }

    /** The faults by path. Paths and rules only: a value may be anything, also something that must not be shown. */
    private static Optional<String> faults(Schema schema, JsonNode node, String root) {
        List<Error> errors = schema.validate(node, context -> context.executionConfig(c -> c.formatAssertionsEnabled(true)));
        if (errors.isEmpty()) {
            return Optional.empty();
        }
        String first = errors.stream().limit(REPORTED).map(e -> describe(e, root)).collect(Collectors.joining("; "));
        int more = errors.size() - REPORTED;
        return Optional.of(more > 0 ? first + "; and " + more + " more" : first);
    }

    private static String describe(Error error, String root) {
        return (root + error.getInstanceLocation()).replaceFirst("^$", "the event") + ": " + error.getMessage();
    }

    private Schema load(String path) {
        try (InputStream in = EventSchemas.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("The schema " + path + " is not on the class path");
            }
            return registry.getSchema(SchemaLocation.of("classpath:" + path), mapper.readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException("Reading the schema " + path, e);
        }
    }
}
