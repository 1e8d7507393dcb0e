package dev.holdfast.notifier.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to wait after a failed try: longer each time, a fifth more or less by chance, so that subscribers that failed
 * together don't come back together (Standard Webhooks: exponential backoff with jitter). A subscriber's own wish makes it
 * longer, up to {@link #LONGEST_WISH}.
 */
final class RetryPauses {

    static final Duration LONGEST_WISH = Duration.ofHours(6);
    private static final double JITTER = 0.2;

    private final List<Duration> pauses;
    private final RandomGenerator random;

    RetryPauses(List<Duration> pauses, RandomGenerator random) {
        this.pauses = List.copyOf(pauses);
        this.random = random;
    }

    /** @param tries made so far, at least one */
    Duration after(int tries, Optional<Duration> wish) {
        Duration pause = pauses.get(Math.min(tries, pauses.size()) - 1);
        Duration jittered = Duration.ofMillis(Math.round(pause.toMillis() * (1 - JITTER + 2 * JITTER * random.nextDouble())));
        Duration wanted = wish.map(it -> it.compareTo(LONGEST_WISH) > 0 ? LONGEST_WISH : it).orElse(Duration.ZERO);
        return wanted.compareTo(jittered) > 0 ? wanted : jittered;
    }
}
