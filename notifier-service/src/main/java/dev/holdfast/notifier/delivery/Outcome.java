package dev.holdfast.notifier.delivery;

/** What one try came to. */
sealed interface Outcome {

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
