package dev.holdfast.notifier.delivery;

import java.time.Duration;
import java.util.Optional;

/** What one try came to. */
sealed interface Outcome {

    /** In words, without the URL. */
    default String text() {
        return switch (this) {
            case Accepted accepted -> "the answer was " + accepted.status();
            case Declined gone when gone.isGone() -> "the subscriber answered 410: it wants no more deliveries";
            case Declined declined -> "the last answer was " + declined.status()
                    + (declined.status() / 100 == 3 ? ", and redirects are not followed" : "");
            case Unanswered unanswered -> unanswered.reason();
            case Refused refused -> refused.reason();
        };
    }

    /** The HTTP status, or null where nothing answered. */
    default Integer statusOrNull() {
        return switch (this) {
            case Accepted accepted -> accepted.status();
            case Declined declined -> declined.status();
            case Unanswered ignored -> null;
            case Refused ignored -> null;
        };
    }

    /** Whether trying again is pointless, or needless. */
    default boolean isFinal() {
        return switch (this) {
            case Accepted ignored -> true;
            case Declined declined -> declined.isGone();
            case Unanswered ignored -> false;
            case Refused ignored -> true;
        };
    }

    /** The subscriber answered 2xx. */
    record Accepted(int status) implements Outcome {
    }

    /** It answered something else, and perhaps when to come again. */
    record Declined(int status, Optional<Duration> retryAfter) implements Outcome {

        /** 410: the subscriber asks to be left alone. */
        boolean isGone() {
            return status == 410;
        }

        /** Whether it is up and takes offence at this one delivery: 4xx but for those that mean "later". */
        boolean isAboutThisOne() {
            return status / 100 == 4 && status != 408 && status != 425 && status != 429;
        }
    }

    /** Nothing answered in time, or nothing could be sent. {@code reason} holds neither the URL nor a secret. */
    record Unanswered(String reason) implements Outcome {
    }

    /** Its host has no address that may be called; nothing was sent. */
    record Refused(String reason) implements Outcome {
    }
}
