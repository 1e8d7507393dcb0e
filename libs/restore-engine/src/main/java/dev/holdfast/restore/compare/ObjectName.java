package dev.holdfast.restore.compare;

import java.util.Comparator;
import java.util.Locale;
import java.util.Set;

/** A schema object as the section headers name it; functions with their argument types. */
record ObjectName(String type, String schema, String name) implements Comparable<ObjectName> {

    private static final Comparator<ObjectName> ORDER = Comparator.comparing(ObjectName::type)
            .thenComparing(ObjectName::schema).thenComparing(ObjectName::name);

    private static final Set<String> DEPARSED = Set.of("TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW", "RULE",
            "INDEX", "CONSTRAINT", "CHECK CONSTRAINT", "DEFAULT", "FUNCTION", "PROCEDURE", "POLICY", "TRIGGER",
            "EVENT TRIGGER", "STATISTICS", "DOMAIN", "PUBLICATION TABLE", "TABLE ATTACH");

    @Override
    public int compareTo(ObjectName other) {
        return ORDER.compare(this, other);
    }

    /** The word for it in a finding. */
    String what() {
        return switch (type) {
            case "ACL" -> "grant";
            case "DEFAULT ACL" -> "default grant";
            case "SEQUENCE SET" -> "sequence value";
            case "FK CONSTRAINT", "CHECK CONSTRAINT" -> "constraint";
            case String other -> other.toLowerCase(Locale.ROOT);
        };
    }

    /** Whether the server writes the definition from a parsed form, so that a round trip may change its words. */
    boolean hasDeparsedText() {
        return DEPARSED.contains(type);
    }

    String where() {
        return "-".equals(schema) ? name : schema + "." + name;
    }
}
