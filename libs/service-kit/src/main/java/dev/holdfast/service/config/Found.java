package dev.holdfast.service.config;

/**
 * A value as it was written.
 *
 * @param line   in the file, 0 where it came from a variable
 * @param origin the variable's name, empty where it came from the file
 */
record Found(String text, int line, String origin) {

    static Found inFile(String text, int line) {
        return new Found(text, line, "");
    }

    static Found inVariable(String name, String text) {
        return new Found(text, 0, name);
    }

    /** For a message: which variable, where it was one. */
    String described() {
        return "'" + text + "'" + (origin.isEmpty() ? "" : " (from " + origin + ")");
    }
}
