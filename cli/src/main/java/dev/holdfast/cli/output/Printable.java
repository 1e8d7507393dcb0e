package dev.holdfast.cli.output;

import java.util.regex.Pattern;

/**
 * Text that can't steer a terminal: names, manifests and events are written by others. What would (control and format
 * characters, halves of surrogate pairs, line separators) is shown as a question mark.
 */
public final class Printable {

    private static final String STEERING = "[\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029&&[^\\t]]";
    private static final Pattern IN_TEXT = Pattern.compile(STEERING + "|\\t");
    private static final Pattern IN_LINE = Pattern.compile(STEERING);
    private static final Pattern IN_LINES = Pattern.compile("[" + STEERING + "&&[^\\n]]");
    /** {@link Console}'s own styles, which a name may hold too: it can be coloured, and do nothing else. */
    private static final Pattern IN_STYLED = Pattern.compile("(\\033\\[(?:0|1|2|31|32)m)|" + STEERING);

    private Printable() {
    }

    /** On one line. */
    public static String text(String text) {
        return IN_TEXT.matcher(text).replaceAll("?");
    }

    /** On as many lines as it has. */
    public static String lines(String text) {
        return IN_LINES.matcher(text).replaceAll("?");
    }

    /** On one line, in which tabs may stand. */
    static String line(String line) {
        return IN_LINE.matcher(line).replaceAll("?");
    }

    static String styledLine(String line) {
        return IN_STYLED.matcher(line).replaceAll(found -> found.group(1) == null ? "?" : found.group(1));
    }
}
