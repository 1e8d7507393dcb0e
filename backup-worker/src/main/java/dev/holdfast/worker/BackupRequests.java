package dev.holdfast.worker;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.Pulse;
import dev.holdfast.service.messaging.TellOutcome;
import dev.holdfast.service.messaging.WorkHandler;
import dev.holdfast.service.metrics.BackupMetrics;
import dev.holdfast.worker.backup.RunBackup;
import dev.holdfast.worker.backup.RunListener;
import java.time.Duration;
import java.util.Collection;
import java.util.function.BooleanSupplier;

/** Requests from the queue; what becomes of them goes to the log, the pulse and the metrics. */
final class BackupRequests implements WorkHandler<BackupRequested>, RunListener {

    /** A claim that fails for want of it is tried again by the queue. */
    private static final Duration LOG_BEFORE_CLAIM = Duration.ofSeconds(5);

    private final RunBackup runBackup;
    private final EventPublisher publisher;
    private final LogFollower log;
    private final TellOutcome outcomes;
    private final Pulse pulse;
    private final BackupMetrics metrics;

    /** @param log brings what others say to {@link RunBackup#heard} */
    BackupRequests(RunBackup runBackup, EventPublisher publisher, LogFollower log, Pulse pulse, BackupMetrics metrics) {
        this.runBackup = runBackup;
        this.publisher = publisher;
        this.log = log;
        this.outcomes = new TellOutcome(publisher, log::awaitCurrent);
        this.pulse = pulse;
        this.metrics = metrics;
    }

    /** Only once the log is followed, so that a run which started can be superseded and cancelled. */
    @Override
    public Runnable claim(Event<BackupRequested> request) {
        if (!log.awaitCaughtUp(LOG_BEFORE_CLAIM)) {
            throw new HoldfastException(FailureKind.RETRIABLE, "log-not-followed", "claiming request " + request.id()
                    + ": the log is not followed yet", "check that the broker answers; the request is delivered again");
        }
        return runBackup.claim(request, this);
    }

    @Override
    public void happened(Event<?> event) {
        publisher.publish(Topics.EVENTS, event);
        measure(event);
    }

    @Override
    public void ended(Event<?> outcome, BooleanSupplier superseded) {
        measure(outcome);
        outcomes.tell(outcome, superseded);
    }

    @Override
    public boolean supervised() {
        return true;
    }

    /** Runs that are told to stop say so before they end; an interrupt would break off just that. */
    @Override
    public void stop(Collection<Thread> jobs) {
        runBackup.stop();
    }

    @Override
    public void progressed(RunProgressed progress, String correlationId) {
        pulse.beat(progress, correlationId);
    }

    private void measure(Event<?> event) {
        if (event.data() instanceof BackupCompleted completed) {
            Duration took = Duration.between(completed.startedAt(), completed.endedAt());
            for (BackupCompleted.Copy copy : completed.copies()) {
                metrics.stored(completed.database(), completed.kind(), copy.repository(), completed.snapshotTime(), took,
                        copy.storedBytes());
            }
        }
    }
}
