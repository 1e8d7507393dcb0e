package dev.holdfast.events;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;

/** A record that is no event of this contract. Reading it again changes nothing; it belongs on the dead-letter topic. */
public final class UnreadableEventException extends HoldfastException {

    public static final String CODE = "event-unreadable";

    private static final String NEXT_STEP =
            "Correct the record at its producer and publish it again; docs/events shows every type with an example.";

    UnreadableEventException(String message) {
        this(message, null);
    }

    UnreadableEventException(String message, Throwable cause) {
        super(FailureKind.PERMANENT, CODE, "Reading an event: " + message, NEXT_STEP, cause);
    }
}
