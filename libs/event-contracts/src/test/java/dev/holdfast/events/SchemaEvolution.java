package dev.holdfast.events;

import java.io.IOException;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares schemas with what was released. A schema's signature is one line per field: the schema's name, the field's
 * path and its rules. Only keywords whose narrowing is understood here may be used; any other fails the comparison.
 */
final class SchemaEvolution {

    static final Path RELEASED = Path.of("src/test/resources/released/schemas.txt");

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Set<String> WORDS = Set.of("$schema", "$id", "title", "description");
    private static final Set<String> RULES = Set.of("type", "enum", "const", "pattern", "format", "minLength", "maxLength",
            "minimum", "maximum");
    private static final Set<String> STRUCTURE = Set.of("required", "properties", "items");

    private SchemaEvolution() {
    }

    /** Writes down what is released now. Run once per release, never to silence the check. */
    public static void main(String[] args) throws IOException {
        Files.createDirectories(RELEASED.getParent());
        Files.write(RELEASED, lines(current()));
    }

    static Map<String, ObjectNode> current() {
        Map<String, ObjectNode> signatures = new TreeMap<>(signature("cloudevent.v1", read(EventSchemas.ENVELOPE)));
        for (EventType type : EventType.values()) {
            signatures.putAll(signature(type.shortName() + ".v1", read(type.schema())));
        }
        return signatures;
    }

    static Map<String, ObjectNode> released() throws IOException {
        Map<String, ObjectNode> signatures = new TreeMap<>();
        for (String line : Files.readAllLines(RELEASED)) {
            int rules = line.indexOf(" {");
            signatures.put(line.substring(0, rules), (ObjectNode) MAPPER.readTree(line.substring(rules + 1)));
        }
        return signatures;
    }

    static List<String> lines(Map<String, ObjectNode> signatures) {
        return signatures.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList();
    }

    /** From {@code name path} to the rules of that field. */
    static Map<String, ObjectNode> signature(String name, JsonNode schema) {
        Map<String, ObjectNode> fields = new TreeMap<>();
        collect(name + " ", schema, true, fields);
        return fields;
    }

    private static void collect(String path, JsonNode schema, boolean required, Map<String, ObjectNode> fields) {
        ObjectNode rules = MAPPER.createObjectNode().put("required", required);
        for (String keyword : new TreeSet<>(schema.propertyNames())) {
            if (RULES.contains(keyword)) {
                rules.set(keyword, schema.get(keyword));
            } else if (!WORDS.contains(keyword) && !STRUCTURE.contains(keyword)) {
                throw new AssertionError(path + ": the evolution check does not understand '" + keyword
                        + "'; express the rule otherwise or teach SchemaEvolution what narrows it");
            }
        }
        fields.put(path, rules);
        Set<String> needed = texts(schema.path("required"));
        schema.path("properties").properties().forEach(p -> collect(path + "/" + p.getKey(), p.getValue(), needed.contains(p.getKey()), fields));
        if (schema.has("items")) {
            collect(path + "/*", schema.get("items"), false, fields);
        }
    }

    /** What would break somebody who relies on the released schemas, empty if nothing does. */
    static List<String> breaks(Map<String, ObjectNode> released, Map<String, ObjectNode> now) {
        List<String> breaks = new ArrayList<>();
        released.forEach((path, old) -> {
            ObjectNode rules = now.get(path);
            if (rules == null) {
                breaks.add(path + " was removed or renamed");
            } else {
                narrowed(old, rules).forEach(what -> breaks.add(path + " " + what));
            }
        });
        now.forEach((path, rules) -> {
            boolean newField = !released.containsKey(path) && released.containsKey(parent(path));
            if (newField && rules.get("required").asBoolean()) {
                breaks.add(path + " is new and required");
            }
        });
        return breaks;
    }

    private static List<String> narrowed(ObjectNode old, ObjectNode now) {
        List<String> breaks = new ArrayList<>();
        if (now.get("required").asBoolean() && !old.get("required").asBoolean()) {
            breaks.add("became required");
        }
        Set<String> types = texts(now.path("type"));
        if (types.contains("number")) {
            types.add("integer");
        }
        if (!types.containsAll(texts(old.path("type"))) && now.has("type")) {
            breaks.add("takes fewer types");
        }
        if (now.has("enum") && (!old.has("enum") || !texts(now.get("enum")).containsAll(texts(old.get("enum"))))) {
            breaks.add("takes fewer values");
        }
        for (String exact : List.of("const", "pattern", "format")) {
            if (now.has(exact) && !now.get(exact).equals(old.get(exact))) {
                breaks.add("has a new " + exact);
            }
        }
        for (String least : List.of("minLength", "minimum")) {
            if (now.has(least) && (!old.has(least) || now.get(least).asDouble() > old.get(least).asDouble())) {
                breaks.add("has a higher " + least);
            }
        }
        for (String most : List.of("maxLength", "maximum")) {
            if (now.has(most) && (!old.has(most) || now.get(most).asDouble() < old.get(most).asDouble())) {
                breaks.add("has a lower " + most);
            }
        }
        return breaks;
    }

    private static String parent(String path) {
        return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
    }

    private static Set<String> texts(JsonNode node) {
        return (node.isArray() ? node.valueStream() : Stream.of(node)).filter(value -> !value.isMissingNode())
                .map(value -> value.isString() ? value.asString() : value.toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static JsonNode read(String path) {
        return MAPPER.readTree(Resources.bytes(path));
    }
}
