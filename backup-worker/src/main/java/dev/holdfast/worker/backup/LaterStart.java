package dev.holdfast.worker.backup;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.service.schedule.Blackout;
import dev.holdfast.service.schedule.NextTry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** When a run that can't go on now should be dispatched again. */
final class LaterStart {

    private static final Duration BUSY = Duration.ofMinutes(1);

    private final NextTry tries;

    /** @param random from 0 to 1, so that runs which met do not meet again */
    LaterStart(DoubleSupplier random) {
        this.tries = new NextTry(random);
    }

    /** The end of the blackout window that a scheduled run finds itself in; requests of people run at any hour. */
    Optional<Instant> afterBlackout(Run run, Instant now) {
        if (!run.supervised() || run.request().data().fireTime() == null
                || !run.request().source().equals(BackupId.SCHEDULER)) {
            return Optional.empty();
        }
        ZoneId zone = run.policy().zone();
        Instant end = now;
        // Windows may touch or overlap; each step ends a window, and a week of nothing but windows is given up on.
        for (Optional<Instant> next = end(run, end, zone); next.isPresent() && end.isBefore(now.plus(Duration.ofDays(7)));
                next = end(run, end, zone)) {
            end = next.get();
        }
        return end.equals(now) ? Optional.empty() : Optional.of(end);
    }

    private static Optional<Instant> end(Run run, Instant at, ZoneId zone) {
        return run.policy().politeness().blackouts().stream().map((Blackout window) -> window.end(at, zone))
                .flatMap(Optional::stream).max(Instant::compareTo);
    }

    Instant afterBusy(Instant now) {
        return now.plus(tries.spread(BUSY));
    }

    /** After a failure that may pass, as long as the policy has attempts left and the next one begins before the deadline. */
    Optional<Instant> afterFailure(Run run, HoldfastException failure, Instant now) {
        if (!run.supervised() || failure.kind() != FailureKind.RETRIABLE
                || run.failures() + 1 >= run.policy().supervision().attempts()) {
            return Optional.empty();
        }
        Instant next = now.plus(tries.after(run.failures()));
        return next.isBefore(run.deadline()) ? Optional.of(next) : Optional.empty();
    }
}
