package dev.holdfast.worker;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.Topics;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.Pulse;
import dev.holdfast.service.messaging.WorkHandler;
import dev.holdfast.service.metrics.BackupMetrics;
import dev.holdfast.worker.backup.RunBackup;
import dev.holdfast.worker.backup.RunListener;
import java.time.Duration;
import java.util.Collection;

/** Requests from the queue; what becomes of them goes to the log, the pulse and the metrics. */
final class BackupRequests implements WorkHandler<BackupRequested>, RunListener {

    private final RunBackup runBackup;
    private final EventPublisher publisher;
    private final Pulse pulse;
    private final BackupMetrics metrics;

    BackupRequests(RunBackup runBackup, EventPublisher publisher, Pulse pulse, BackupMetrics metrics) {
        this.runBackup = runBackup;
        this.publisher = publisher;
        this.pulse = pulse;
        this.metrics = metrics;
    }

    @Override
    public Runnable claim(Event<BackupRequested> request) {
        return runBackup.claim(request, this);
    }

    @Override
    public void happened(Event<?> event) {
        if (event.data() instanceof BackupCompleted completed) {
            measure(completed);
        }
        publisher.publish(Topics.EVENTS, event);
    }

    /** Runs that are told to stop put their request back before they end; an interrupt would break off just that. */
    @Override
    public void stop(Collection<Thread> jobs) {
        runBackup.stop();
    }

    @Override
    public boolean again(Event<BackupRequested> request) {
        publisher.publish(Topics.BACKUP_REQUESTS, request);
        return true;
    }

    @Override
    public void progressed(RunProgressed progress, String correlationId) {
        pulse.beat(progress, correlationId);
    }

    private void measure(BackupCompleted completed) {
        Duration took = Duration.between(completed.startedAt(), completed.endedAt());
        for (BackupCompleted.Copy copy : completed.copies()) {
            metrics.stored(completed.database(), completed.kind(), copy.repository(), completed.snapshotTime(), took,
                    copy.storedBytes());
        }
    }
}
