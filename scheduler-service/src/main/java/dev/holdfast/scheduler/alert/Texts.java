package dev.holdfast.scheduler.alert;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Durations and sizes as people read them. */
final class Texts {

    private Texts() {
    }

    /** The two greatest units: {@code 2 d 3 h}. */
    static String of(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        List<String> units = List.of(seconds / 86_400 + " d", seconds / 3600 % 24 + " h", seconds / 60 % 60 + " min", seconds % 60 + " s");
        int first = 0;
        while (first < 3 && units.get(first).startsWith("0 ")) {
            first++;
        }
        boolean more = first < 3 && !units.get(first + 1).startsWith("0 ");
        return units.get(first) + (more ? " " + units.get(first + 1) : "");
    }

    static String bytes(long bytes) {
        double amount = bytes;
        List<String> units = List.of("B", "KiB", "MiB", "GiB", "TiB");
        int unit = 0;
        while (amount >= 1024 && unit < units.size() - 1) {
            amount /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", amount, units.get(unit));
    }
}
