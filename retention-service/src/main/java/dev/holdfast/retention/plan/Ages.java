package dev.holdfast.retention.plan;

import java.time.Duration;

/** Durations as a person says them. */
final class Ages {

    private Ages() {
    }

    static String text(Duration duration) {
        if (duration.toDays() > 0) {
            return duration.toDays() + "d" + (duration.toHoursPart() > 0 ? " " + duration.toHoursPart() + "h" : "");
        }
        return duration.toHours() > 0 ? duration.toHours() + "h" : duration.toMinutes() + "min";
    }
}
