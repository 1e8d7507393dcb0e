package dev.holdfast.service.messaging;

import java.time.Duration;

/** Doubling waits from a quarter of a second to half a minute. */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private Backoff() {
    }

    /** The wait after the {@code failures}-th failure in a row, counted from 1. */
    static Duration after(int failures) {
        Duration wait = FIRST.multipliedBy(1L << Math.min(Math.max(failures, 1) - 1, 20));
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
