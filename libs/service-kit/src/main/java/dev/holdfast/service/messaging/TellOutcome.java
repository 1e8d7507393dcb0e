package dev.holdfast.service.messaging;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how a run ended, and keeps trying in the run's own slot while the broker is away: nothing could be claimed
 * meanwhile, and no more results can wait than there are slots. A worker that stops gives up when its queue interrupts it;
 * the run's lease ends then, and what was stored (a manifest, a proof) is found in its repository.
 */
public final class TellOutcome {

    private static final Logger LOG = LoggerFactory.getLogger(TellOutcome.class);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final EventPublisher publisher;
    private final Predicate<Duration> current;

    /** @param current waits so long for everything that is on the log now to be handled, see {@link LogFollower#awaitCurrent} */
    public TellOutcome(EventPublisher publisher, Predicate<Duration> current) {
        this.publisher = publisher;
        this.current = current;
    }

    /**
     * Says nothing of a run that is a later attempt's, unless its result is stored already.
     *
     * @param superseded whether the log told of a later attempt
     * @throws HoldfastException where the broker refuses it for good
     */
    public void tell(Event<?> outcome, BooleanSupplier superseded) {
        for (int failures = 0; !told(outcome, superseded); failures++) {
            if (failures == 0) {
                LOG.warn("What became of run {} can't be told, it is tried until it can", outcome.subject());
            }
            try {
                Thread.sleep(Math.min(LONGEST_PAUSE.toMillis(), 500L << Math.min(failures, 5)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                LOG.warn("What became of run {} was not told: {}", outcome.subject(), outcome.data());
                return;
            }
        }
    }

    private boolean told(Event<?> outcome, BooleanSupplier superseded) {
        // What is stored is there whoever did it, and a release with its nonce ends no other claim: neither has to wait for the log.
        boolean stored = isStored(outcome.data());
        boolean known = stored || current.test(LOOK);
        if (!stored && superseded.getAsBoolean()) {
            LOG.info("Run {} is a later attempt's now, nothing is told", outcome.subject());
            return true;
        }
        if (!known && !(outcome.data() instanceof RunReleased)) {
            return false;
        }
        try {
            publisher.publish(Topics.EVENTS, outcome);
            return true;
        } catch (HoldfastException e) {
            if (e.kind() != FailureKind.RETRIABLE) {
                throw e;
            }
            return false;
        }
    }

    private static boolean isStored(Payload outcome) {
        return outcome instanceof BackupCompleted || outcome instanceof BackupVerified || outcome instanceof BackupUnproven
                || outcome instanceof BackupRefuted;
    }
}
