package dev.holdfast.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class AsyncApiTest {

    private static final Path FILE = Path.of("../../docs/events/asyncapi.yaml");
    private static final JsonNode API = new YAMLMapper().readTree(FILE.toFile());

    @Test
    void every_reference_resolves() {
        List<String> references = new ArrayList<>();
        collect(API, references);

        assertThat(references).hasSizeGreaterThan(3 * EventType.values().length);
        for (String reference : references) {
            if (reference.startsWith("#/")) {
                assertThat(API.at(reference.substring(1)).isObject()).as(reference).isTrue();
            } else {
                assertThat(Files.isRegularFile(FILE.resolveSibling(reference))).as(reference).isTrue();
            }
        }
    }

    @Test
    void every_type_is_a_message_on_its_topic_and_nowhere_else() {
        Map<String, Set<String>> expected = new TreeMap<>();
        for (EventType type : EventType.values()) {
            expected.computeIfAbsent(type.topic(), topic -> new TreeSet<>()).add(type.type());
        }
        Map<String, Set<String>> found = new TreeMap<>();
        for (JsonNode channel : API.get("channels").values()) {
            found.put(channel.get("address").asString(), channel.get("messages").valueStream()
                    .map(message -> API.at(message.get("$ref").asString().substring(1)).get("name").asString())
                    .collect(Collectors.toCollection(TreeSet::new)));
        }

        assertThat(found).isEqualTo(expected);
    }

    @Test
    void a_message_refers_to_the_envelope_and_to_the_schema_of_its_type() {
        for (JsonNode message : API.at("/components/messages").values()) {
            EventType type = EventType.ofType(message.get("name").asString()).orElseThrow();
            JsonNode parts = message.at("/payload/schema/allOf");
            assertThat(parts.get(0).get("$ref").asString()).endsWith("/" + EventSchemas.ENVELOPE);
            assertThat(parts.get(1).at("/properties/type/const").asString()).isEqualTo(type.type());
            assertThat(parts.get(1).at("/properties/data/$ref").asString()).endsWith("/" + type.schema());
        }
    }

    @Test
    void every_topic_says_how_long_it_is_kept_and_is_written_and_read() {
        Set<String> topics = Stream.of(EventType.values()).map(EventType::topic).collect(Collectors.toSet());
        assertThat(API.get("channels").size()).isEqualTo(topics.size());
        for (Map.Entry<String, JsonNode> channel : API.get("channels").properties()) {
            JsonNode settings = channel.getValue().at("/bindings/kafka/topicConfiguration");
            assertThat(settings.at("/cleanup.policy").size()).as(channel.getKey()).isEqualTo(1);
            assertThat(settings.has("retention.ms")).as(channel.getKey())
                    .isEqualTo(settings.at("/cleanup.policy/0").asString().equals("delete"));
            assertThat(channel.getValue().get("description").asString()).contains("Kept:", "Written by:");
            assertThat(API.get("operations").valueStream()
                    .filter(o -> o.at("/channel/$ref").asString().equals("#/channels/" + channel.getKey()))
                    .map(o -> o.get("action").asString())).as(channel.getKey()).containsExactlyInAnyOrder("send", "receive");
        }
    }

    private static void collect(JsonNode node, List<String> references) {
        if (node.has("$ref")) {
            references.add(node.get("$ref").asString());
        }
        node.values().forEach(child -> collect(child, references));
    }
}
