package dev.holdfast.scheduler.catalog;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.service.metrics.BackupMetrics;
import java.time.Duration;
import java.time.Instant;

/** Keeps the four classic metrics as new as the log. */
final class MeasureBackups {

    private final BackupMetrics metrics;

    MeasureBackups(BackupMetrics metrics) {
        this.metrics = metrics;
    }

    void apply(Event<? extends Payload> event) {
        Instant at = event.time() == null ? Instant.EPOCH : event.time();
        switch (event.data()) {
            case BackupCompleted e -> e.copies().forEach(copy -> metrics.stored(e.database(), e.kind(), copy.repository(),
                    e.snapshotTime(), Duration.between(e.startedAt(), e.endedAt()), copy.storedBytes()));
            case BackupVerified e -> metrics.verified(e.database(), e.kind(), e.repository(), at, true);
            case BackupRefuted e -> metrics.verified(e.database(), e.kind(), e.repository(), at, false);
            case BackupUnproven e -> metrics.verified(e.database(), e.kind(), e.repository(), at, false);
            default -> { }
        }
    }
}
