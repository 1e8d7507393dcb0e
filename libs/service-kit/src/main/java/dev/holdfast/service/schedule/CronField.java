package dev.holdfast.service.schedule;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One field of a cron expression: the values it allows, as a bit set, and whether it was written with a {@code *}. */
record CronField(long bits, boolean wildcard) {

    /** A field's name, range and the words that stand for numbers, the first word for {@code lowest}. */
    enum Kind {
        MINUTE("minute", 0, 59, List.of()),
        HOUR("hour", 0, 23, List.of()),
        DAY_OF_MONTH("day of month", 1, 31, List.of()),
        MONTH("month", 1, 12,
                List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
        DAY_OF_WEEK("day of week", 0, 7, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"));

        private final String label;
        private final int lowest;
        private final int highest;
        private final List<String> words;

        Kind(String label, int lowest, int highest, List<String> words) {
            this.label = label;
            this.lowest = lowest;
            this.highest = highest;
            this.words = words;
        }

        private String accepted() {
            String values = lowest + "-" + highest;
            if (this == DAY_OF_WEEK) {
                values += " (0 and 7 are Sunday)";
            }
            return values + (words.isEmpty() ? "" : ", " + words.getFirst() + "-" + words.getLast())
                    + ", *, ranges a-b, steps */n or a-b/n, lists a,b";
        }
    }

    private static final Pattern ITEM = Pattern.compile("(?:(\\*)|(\\w+)(?:-(\\w+))?)(?:/(\\d{1,4}))?");

    static CronField parse(Kind kind, String text) {
        long bits = 0;
        for (String item : text.split(",", -1)) {
            bits |= item(kind, text, item);
        }
        if (kind == Kind.DAY_OF_WEEK && (bits & 1L << 7) != 0) {
            bits = bits & ~(1L << 7) | 1;
        }
        return new CronField(bits, text.contains("*"));
    }

    boolean allows(int value) {
        return (bits >>> value & 1) != 0;
    }

    /** The smallest allowed value that is at least {@code value}, or -1. */
    int nextOrSame(int value) {
        long rest = value > 63 ? 0 : bits >>> value << value;
        return rest == 0 ? -1 : Long.numberOfTrailingZeros(rest);
    }

    private static long item(Kind kind, String text, String item) {
        Matcher matcher = ITEM.matcher(item);
        if (!matcher.matches()) {
            throw refused(kind, text, "'" + item + "' is not understood");
        }
        boolean star = matcher.group(1) != null;
        int first = star ? kind.lowest : value(kind, text, matcher.group(2));
        int last = star ? kind.highest : matcher.group(3) == null ? first : value(kind, text, matcher.group(3));
        if (kind == Kind.DAY_OF_WEEK && !star && last == 0 && first > 0) {
            last = 7; // SAT-SUN
        }
        if (last < first) {
            throw refused(kind, text, "the range '" + item + "' ends before it begins");
        }
        if (matcher.group(4) == null) {
            return range(first, last, 1);
        }
        if (!star && matcher.group(3) == null) {
            throw refused(kind, text, "a step needs a range, '" + item + "' has none (write " + first + "-" + kind.highest
                    + "/" + matcher.group(4) + ")");
        }
        int step = Integer.parseInt(matcher.group(4));
        if (step == 0 || step > kind.highest) {
            throw refused(kind, text, "the step of '" + item + "' must be 1-" + kind.highest);
        }
        return range(first, last, step);
    }

    private static long range(int first, int last, int step) {
        long bits = 0;
        for (int value = first; value <= last; value += step) {
            bits |= 1L << value;
        }
        return bits;
    }

    private static int value(Kind kind, String text, String found) {
        int word = kind.words.indexOf(found.toUpperCase(Locale.ROOT));
        if (word >= 0) {
            return word + kind.lowest;
        }
        if (!found.matches("[0-9]{1,4}")) {
            throw refused(kind, text, "'" + found + "' is not understood");
        }
        int value = Integer.parseInt(found);
        if (value < kind.lowest || value > kind.highest) {
            throw refused(kind, text, "'" + found + "' is out of range");
        }
        return value;
    }

    private static IllegalArgumentException refused(Kind kind, String text, String why) {
        return new IllegalArgumentException(
                "the " + kind.label + " field '" + text + "': " + why + "; accepted: " + kind.accepted());
    }
}
