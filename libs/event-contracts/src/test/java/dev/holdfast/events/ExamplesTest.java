package dev.holdfast.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExamplesTest {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final EventCodec CODEC = new EventCodec();
    private static final EventSchemas SCHEMAS = new EventSchemas();

    @ParameterizedTest
    @EnumSource
    void an_example_fits_the_schemas_of_its_envelope_and_of_its_data(EventType type) {
        JsonNode example = MAPPER.readTree(Resources.bytes(type.example()));

        assertThat(example.get("type").asString()).isEqualTo(type.type());
        assertThat(SCHEMAS.faultsOfEnvelope(example)).isEmpty();
        assertThat(SCHEMAS.faultsOfData(type, example.get("data"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void an_example_goes_through_its_record_and_back_without_a_loss(EventType type) {
        byte[] example = Resources.bytes(type.example());

        Event<?> event = CODEC.decode(example);

        assertThat(event.data()).isInstanceOf(type.payload());
        assertThat(MAPPER.readTree(CODEC.encode(event))).isEqualTo(MAPPER.readTree(example));
        assertThat(CODEC.decode(CODEC.encode(event))).isEqualTo(event);
    }

    @ParameterizedTest
    @EnumSource
    void a_schema_describes_exactly_the_fields_of_its_record(EventType type) {
        JsonNode schema = MAPPER.readTree(Resources.bytes(type.schema()));

        assertThat(schema.get("$id").asString()).isEqualTo("urn:holdfast:" + type.shortName() + ".v1");
        assertSameFields(schema, type.payload());
    }

    @ParameterizedTest
    @EnumSource
    void an_example_shows_every_field_of_its_record(EventType type) {
        JsonNode data = MAPPER.readTree(Resources.bytes(type.example())).get("data");

        assertThat(Set.copyOf(data.propertyNames())).isEqualTo(names(type.payload()));
    }

    @Test
    void every_record_has_a_type_and_every_type_a_record_of_its_own() {
        Set<Class<?>> records = Stream.of(EventType.values()).map(EventType::payload).collect(Collectors.toSet());

        assertThat(records).hasSize(EventType.values().length)
                .isEqualTo(new HashSet<>(List.of(Payload.class.getPermittedSubclasses())));
    }

    @Test
    void every_schema_file_has_a_record_and_an_example() throws IOException {
        Path folder = Path.of("src/main/resources", EventType.SCHEMAS);
        Set<String> expected = new TreeSet<>();
        for (EventType type : EventType.values()) {
            expected.add(type.schema());
            expected.add(type.example());
        }
        expected.add(EventSchemas.ENVELOPE);
        try (Stream<Path> files = Files.walk(folder)) {
            Set<String> found = files.filter(Files::isRegularFile)
                    .map(file -> EventType.SCHEMAS + folder.relativize(file).toString().replace('\\', '/'))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(found).isEqualTo(expected);
        }
    }

    private static void assertSameFields(JsonNode schema, Class<?> type) {
        JsonNode properties = schema.get("properties");
        assertThat(Set.copyOf(properties.propertyNames())).as(type.getSimpleName()).isEqualTo(names(type));
        Set<String> required = schema.get("required").valueStream().map(JsonNode::asString).collect(Collectors.toSet());
        for (RecordComponent component : type.getRecordComponents()) {
            JsonNode property = properties.get(component.getName());
            String where = type.getSimpleName() + "." + component.getName();
            assertThat(property.path("description").asString("")).as("description of " + where).isNotBlank();
            if (component.getType().isPrimitive()) {
                assertThat(required).as(where + " is a primitive, which would read a missing field as 0").contains(component.getName());
            }
            JsonNode items = property.path("items");
            if (items.has("properties")) {
                String nested = component.getGenericType().getTypeName().replaceAll(".*<(.*)>", "$1");
                assertSameFields(items, nestedIn(type, nested));
            }
        }
    }

    private static Class<?> nestedIn(Class<?> type, String name) {
        return Stream.of(type.getDeclaredClasses()).filter(c -> c.getName().equals(name)).findFirst().orElseThrow();
    }

    private static Set<String> names(Class<?> type) {
        return Stream.of(type.getRecordComponents()).map(RecordComponent::getName).collect(Collectors.toSet());
    }
}
