package dev.holdfast.repository.manifest;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;

/**
 * The one JSON form of the repository's documents: UTF-8, two-space indent, line feeds, fields in declared order, map
 * keys sorted, a final line feed, so that equal documents are equal bytes on every machine. Unknown fields are ignored
 * on reading; a field named twice is refused.
 */
public final class ManifestJson {

    private static final DefaultPrettyPrinter PRINTER = new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"));

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private ManifestJson() {
    }

    public static byte[] write(Object document) {
        String text = MAPPER.writer().with(PRINTER).writeValueAsString(document) + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** @throws tools.jackson.core.JacksonException where the bytes are not such a document */
    public static <T> T read(byte[] bytes, Class<T> type) {
        T document = MAPPER.readValue(bytes, type);
        if (document == null) {
            throw new IllegalArgumentException("the document is the JSON value null");
        }
        return document;
    }
}
