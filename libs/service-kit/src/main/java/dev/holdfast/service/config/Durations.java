package dev.holdfast.service.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code 500ms}, {@code 90s}, {@code 15m}, {@code 12h}, {@code 30d}, {@code 2w} or ISO 8601. A day is 24 hours. */
public final class Durations {

    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d|w)");

    private Durations() {
    }

    /** @throws IllegalArgumentException where it is none, or not more than nothing */
    public static Duration parse(String text) {
        Matcher matcher = SHORT.matcher(text.strip());
        Duration duration = matcher.matches() ? of(Long.parseLong(matcher.group(1)), matcher.group(2)) : iso(text);
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("is not more than nothing");
        }
        return duration;
    }

    private static Duration of(long count, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "d" -> Duration.ofDays(count);
            case "w" -> Duration.ofDays(Math.multiplyExact(7, count));
            default -> throw new IllegalArgumentException("has the unknown unit " + unit);
        };
    }

    private static Duration iso(String text) {
        try {
            return Duration.parse(text.strip().toUpperCase(Locale.ROOT));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("is no duration", e);
        }
    }
}
