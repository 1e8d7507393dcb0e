package dev.holdfast.postgres;

import java.util.Objects;

/** A password that no {@code toString}, log line or exception shows. */
public final class Password {

    private final String value;

    public Password(String value) {
        this.value = Objects.requireNonNull(value, "value");
    }

    /** For a passfile or a driver property, never for an argv, a message or an event. */
    public String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}
