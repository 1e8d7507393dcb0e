package dev.holdfast.restore.compare;

import java.util.Optional;

/**
 * {@code -- Name: …; Type: …; Schema: …; Owner: …}, with {@code Data for } or {@code Statistics for } before the name
 * where the section holds those. The dump programs put line feeds in names as blanks. A name may itself hold
 * {@code "; Type: "}: fields are taken from the right, and since the same text is read the same way on both sides, a wrong
 * cut can make a finding's name odd but never hide a difference.
 */
record SectionHeader(boolean data, String type, String schema, String name, String owner) {

    private static final String NAME = "Name: ";

    static Optional<SectionHeader> parse(String comment) {
        int start = start(comment);
        if (start < 0) {
            return Optional.empty();
        }
        int owner = comment.lastIndexOf("; Owner: ");
        int schema = owner < 0 ? -1 : comment.lastIndexOf("; Schema: ", owner);
        int type = schema < 0 ? -1 : comment.lastIndexOf("; Type: ", schema);
        if (type < start) {
            return Optional.empty();
        }
        String ownerText = comment.substring(owner + "; Owner: ".length());
        int tablespace = ownerText.indexOf("; Tablespace: ");
        return Optional.of(new SectionHeader(comment.startsWith("-- Data for "),
                comment.substring(type + "; Type: ".length(), schema),
                comment.substring(schema + "; Schema: ".length(), owner), comment.substring(start, type),
                tablespace < 0 ? ownerText : ownerText.substring(0, tablespace)));
    }

    private static int start(String comment) {
        for (String prefix : new String[] {"-- ", "-- Data for ", "-- Statistics for "}) {
            if (comment.startsWith(prefix + NAME)) {
                return prefix.length() + NAME.length();
            }
        }
        return -1;
    }

    /** {@code schema.name}, or the name where it lies in no schema. */
    String where() {
        return "-".equals(schema) ? name : schema + "." + name;
    }
}
