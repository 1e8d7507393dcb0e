package dev.holdfast.notifier.subscription;

import dev.holdfast.events.EventType;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.util.regex.Pattern;

/**
 * Types of events by their short names: one ({@code backup.failed}), all of a family ({@code backup.*}) or all
 * ({@code *}). None matches {@code delivery.*}: telling of a delivery would cause the next.
 */
record EventPattern(String text) {

    private static final Pattern FORM = Pattern.compile("\\*|[a-z]+\\.(\\*|[a-z]+)");

    EventPattern {
        if (!FORM.matcher(text).matches()) {
            throw new HoldfastException(FailureKind.PERMANENT, "configuration-invalid",
                    "Reading the event pattern '" + text + "': it is not of the form backup.failed, backup.* or *",
                    "Correct 'events' of the subscription in holdfast.yml.");
        }
    }

    boolean matches(EventType type) {
        String name = type.shortName();
        if (name.startsWith("delivery.")) {
            return false;
        }
        return text.equals("*") || text.equals(name)
                || text.endsWith(".*") && name.startsWith(text.substring(0, text.length() - 1));
    }
}
