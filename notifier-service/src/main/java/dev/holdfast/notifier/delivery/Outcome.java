package dev.holdfast.notifier.delivery;

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
        };
    }

    /** The subscriber answered 2xx. */
    record Accepted(int status) implements Outcome {
    }

    /** It answered something else. */
    record Declined(int status) implements Outcome {

        /** 410: the subscriber asks to be left alone. */
        boolean isGone() {
            return status == 410;
        }
    }

    /** Nothing answered in time. {@code reason} holds neither the URL nor a secret. */
    record Unanswered(String reason) implements Outcome {
    }
}
