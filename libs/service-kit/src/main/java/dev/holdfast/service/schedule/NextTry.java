package dev.holdfast.service.schedule;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long a run that failed for a reason that may pass waits for its next try: a minute, doubled with each failure before,
 * a fifth more or less so that runs which failed together do not return together.
 */
public final class NextTry {

    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final int MOST_DOUBLINGS = 10;
    private static final double SPREAD = 0.2;

    private final DoubleSupplier random;

    /** @param random from 0 to 1 */
    public NextTry(DoubleSupplier random) {
        this.random = random;
    }

    /** @param failures of the run before the one that just happened */
    public Duration after(int failures) {
        return spread(FIRST.multipliedBy(1L << Math.clamp(failures, 0, MOST_DOUBLINGS)));
    }

    /** A fifth more or less. */
    public Duration spread(Duration middle) {
        return Duration.ofMillis(Math.round(middle.toMillis() * (1 - SPREAD + 2 * SPREAD * random.getAsDouble())));
    }
}
