package dev.holdfast.service.config;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes with the units of IEC 80000-13: {@code KiB} is 1024, {@code kB} and {@code KB} are 1000. */
final class Sizes {

    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(?:([kKMGT])(i?)B|B)?");

    private Sizes() {
    }

    /** @throws IllegalArgumentException where it is none, too large or zero */
    static long parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is no size");
        }
        long bytes = Long.parseLong(matcher.group(1));
        if (matcher.group(2) != null) {
            long base = matcher.group(3).isEmpty() ? 1000 : 1024;
            int power = List.of("K", "M", "G", "T").indexOf(matcher.group(2).toUpperCase(java.util.Locale.ROOT)) + 1;
            try {
                for (int i = 0; i < power; i++) {
                    bytes = Math.multiplyExact(bytes, base);
                }
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("is too large", e);
            }
        }
        if (bytes == 0) {
            throw new IllegalArgumentException("is nothing");
        }
        return bytes;
    }
}
