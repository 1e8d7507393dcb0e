package dev.holdfast.retention;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.retention.prune.PruneOutcome;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends what was deleted and what could not be. What the broker does not take waits here and goes first next time. */
final class TellOfPruning {

    private static final Logger LOG = LoggerFactory.getLogger(TellOfPruning.class);

    private final EventPublisher publisher;
    private final ServiceIdentity identity;
    private final Deque<Event<?>> waiting = new ArrayDeque<>();
    private final Set<String> alerted = new HashSet<>();

    TellOfPruning(EventPublisher publisher, ServiceIdentity identity) {
        this.publisher = publisher;
        this.identity = identity;
    }

    /** The id is a function of backup and repository: a deletion that is told twice is recognisable. */
    synchronized void deleted(BackupExpired expired) {
        LOG.info("deleted {} of {} from {}, {} bytes: {}", expired.backupId(), expired.database(), expired.repository(),
                expired.freedBytes(), expired.rule());
        String id = "expired-" + expired.repository() + "-" + expired.database() + "-" + expired.backupId();
        send(identity.event(id, expired.backupId(), id, expired));
    }

    /** Each failure of a run is logged whenever it happens and alerted once, until a run without it. */
    synchronized void outcomes(List<PruneOutcome> outcomes) {
        Set<String> now = new HashSet<>();
        for (PruneOutcome outcome : outcomes) {
            for (HoldfastException failure : outcome.failures()) {
                LOG.error("pruning {} in {}: {}: {}; {}", outcome.database() == null ? "anything" : outcome.database(), outcome.repository(), failure.code(),
                        failure.getMessage(), failure.nextStep());
                boolean tombstone = failure.code().startsWith("tombstone-");
                String key = outcome.database() + "/" + outcome.repository() + "/"
                        + (tombstone ? failure.getMessage() : outcome.kind() + "/" + failure.code());
                if (now.add(key) && alerted.add(key)) {
                    send(identity.event(null, "prune-" + outcome.repository(), new AlertRaised(outcome.database(),
                            tombstone ? "tombstone-refused" : "prune-failed", tombstone ? "critical" : "warning",
                            outcome.repository(), failure.code() + ": " + failure.getMessage(), failure.nextStep())));
                }
            }
        }
        alerted.retainAll(now);
    }

    synchronized void retry() {
        if (!waiting.isEmpty()) {
            flush();
        }
    }

    private void send(Event<?> event) {
        waiting.add(event);
        flush();
    }

    private void flush() {
        try {
            while (!waiting.isEmpty()) {
                publisher.publish(Topics.EVENTS, waiting.peek());
                waiting.remove();
            }
        } catch (HoldfastException e) {
            LOG.warn("{} events wait for the broker: {}", waiting.size(), e.getMessage());
        }
    }
}
