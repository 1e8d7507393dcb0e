package dev.holdfast.cli;

import dev.holdfast.cli.output.Size;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.time.Duration;
import java.util.Optional;

/** How long {@code --wait} waits: for ever, or until the time of {@code --timeout} is over. */
final class WaitLimit {

    private final Optional<Duration> limit;
    private final long begin = System.nanoTime();

    /** Counts from now. @param limit null for none */
    WaitLimit(Duration limit) {
        this.limit = Optional.ofNullable(limit);
    }

    /** Whether the time is over. */
    boolean over() {
        return limit.isPresent() && System.nanoTime() - begin >= limit.get().toNanos();
    }

    /**
     * @return true, so that it may stand where waiting goes on
     * @throws HoldfastException code {@code wait-timed-out} where the time is over
     */
    boolean check(FollowRun following, String database) {
        if (over()) {
            throw new HoldfastException(FailureKind.RETRIABLE, "wait-timed-out", "waiting for " + following.awaited()
                    + ": not over after " + Size.duration(limit.get()) + "; " + following.lastHeard(),
                    "it goes on without this command: look with holdfast events " + database + " and holdfast list " + database
                    + (following.heardNothing() ? "; nothing answered so far, so check that the services run" : ""));
        }
        return true;
    }
}
