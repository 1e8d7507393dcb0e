package dev.holdfast.worker;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogFollower;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how a run ended, and keeps trying in the run's own slot while the broker is away: nothing could be claimed
 * meanwhile, and no more results can wait than there are slots. A worker that stops gives up when its queue interrupts it;
 * the run's lease ends then, and a backup that was made is found by its manifest.
 */
final class TellOutcome {

    private static final Logger LOG = LoggerFactory.getLogger(TellOutcome.class);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final EventPublisher publisher;
    private final LogFollower log;

    TellOutcome(EventPublisher publisher, LogFollower log) {
        this.publisher = publisher;
        this.log = log;
    }

    /** @throws HoldfastException where the broker refuses it for good */
    void tell(Event<?> outcome, BooleanSupplier superseded) {
        for (int failures = 0; !told(outcome, superseded); failures++) {
            if (failures == 0) {
                LOG.warn("What became of run {} can't be told, it is tried until it can", outcome.subject());
            }
            try {
                Thread.sleep(Duration.ofMillis(500L << Math.min(failures, 5)).compareTo(LONGEST_PAUSE) < 0
                        ? Duration.ofMillis(500L << Math.min(failures, 5)) : LONGEST_PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                LOG.warn("What became of run {} was not told: {}", outcome.subject(), outcome.data());
                return;
            }
        }
    }

    private boolean told(Event<?> outcome, BooleanSupplier superseded) {
        // A backup exists whoever made it, and a release with its nonce ends no other claim: neither has to wait for the log.
        boolean current = outcome.data() instanceof BackupCompleted || log.awaitCurrent(LOOK);
        if (!(outcome.data() instanceof BackupCompleted) && superseded.getAsBoolean()) {
            LOG.info("Run {} is a later attempt's now, nothing is told", outcome.subject());
            return true;
        }
        if (!current && !(outcome.data() instanceof RunReleased)) {
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
}
