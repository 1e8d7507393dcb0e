package dev.holdfast.scheduler.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What time it may be, by this machine's clock and by the broker's. Where they differ one of them is wrong and nobody here
 * knows which, so nothing is called late before both say so, and nothing is called over before neither does.
 */
record Times(Instant earlier, Instant later) {

    /** By more than this a clock is not wrong but from another world (a machine that begins in 1970): then this machine's counts. */
    static final Duration MOST = Duration.ofHours(2);

    static Times of(Instant machine, Optional<Instant> broker) {
        return broker.filter(other -> Duration.between(machine, other).abs().compareTo(MOST) <= 0)
                .map(other -> other.isBefore(machine) ? new Times(other, machine) : new Times(machine, other))
                .orElse(new Times(machine, machine));
    }

    /** As far as it matters: the pulse is some seconds old. */
    boolean agree() {
        return Duration.between(earlier, later).compareTo(ServiceAlerts.SKEW.plus(ServiceAlerts.SKEW)) <= 0;
    }
}
