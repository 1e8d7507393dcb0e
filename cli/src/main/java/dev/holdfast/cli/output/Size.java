package dev.holdfast.cli.output;

import java.time.Duration;
import java.util.Locale;

/** Bytes, rates and durations as people read them: three digits at most, powers of 1,000 as storage is sold. */
public final class Size {

    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

    private Size() {
    }

    /** {@code 113.6 MB}. */
    public static String bytes(double bytes) {
        int unit = 0;
        double value = bytes;
        while (value >= 999.95 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? (long) value + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** {@code 12.3 MB/s}. */
    public static String rate(double bytesPerSecond) {
        return bytes(bytesPerSecond) + "/s";
    }

    /** {@code 0.4 s}, {@code 3 min 12 s}, {@code 2 h 05 min}. */
    public static String duration(Duration duration) {
        double seconds = duration.toMillis() / 1000.0;
        if (seconds < 99.95) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600 ? whole / 60 + " min " + String.format(Locale.ROOT, "%02d s", whole % 60)
                : whole / 3600 + " h " + String.format(Locale.ROOT, "%02d min", whole % 3600 / 60);
    }

    /** How old something is, or how long until it comes: {@code 40 s}, {@code 12 min}, {@code 5 h 12 min}, {@code 3 d 4 h}. */
    public static String age(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        if (minutes < 60) {
            return minutes + " min";
        }
        return minutes < 48 * 60 ? minutes / 60 + " h " + String.format(Locale.ROOT, "%02d min", minutes % 60)
                : minutes / (24 * 60) + " d " + minutes / 60 % 24 + " h";
    }

    public static String seconds(double seconds) {
        return duration(Duration.ofMillis(Math.round(seconds * 1000)));
    }

    /** {@code 1,234,567}. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
