package dev.holdfast.scheduler.catalog;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.service.metrics.BackupMetrics;
import java.time.Duration;

/** Keeps the four classic metrics as new as the log. */
final class MeasureBackups {

    private final BackupMetrics metrics;

    MeasureBackups(BackupMetrics metrics) {
        this.metrics = metrics;
    }

    void apply(Event<? extends Payload> event) {
        if (event.data() instanceof BackupCompleted e) {
            e.copies().forEach(copy -> metrics.stored(e.database(), e.kind(), copy.repository(), e.snapshotTime(),
                    Duration.between(e.startedAt(), e.endedAt()), copy.storedBytes()));
        }
    }

    /** A single verification's event does not say where its backup stands; the catalog does. */
    void measure(Catalog catalog) {
        catalog.provenCopies().forEach(copy -> metrics.verified(copy.database(), copy.kind(), copy.repository(),
                copy.snapshotTime(), copy.verified()));
    }
}
