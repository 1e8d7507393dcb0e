package dev.holdfast.service.config;

import java.util.regex.Pattern;

/** The rule of aliases and of the other names in the file: they become keys, labels and paths. */
final class Names {

    static final String ACCEPTED = "1 to 48 of a-z, 0-9 and -";
    private static final Pattern FORM = Pattern.compile("[a-z0-9-]{1,48}");

    private Names() {
    }

    static boolean valid(String name) {
        return FORM.matcher(name).matches();
    }

    /** The valid name nearest to any text; for the classic {@code DB_NAME}. */
    static String from(String text) {
        String name = text.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        return name.isEmpty() ? "database" : name.substring(0, Math.min(48, name.length()));
    }
}
