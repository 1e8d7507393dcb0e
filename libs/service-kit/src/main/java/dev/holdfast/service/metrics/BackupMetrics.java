package dev.holdfast.service.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.ToDoubleFunction;

/**
 * Four gauges, labelled {@code database}, {@code kind} and {@code repository}: {@code backup_last_success_timestamp_seconds}
 * (snapshot time of the newest backup that succeeded, 0 for never), {@code backup_duration_seconds},
 * {@code backup_size_bytes} (stored) and {@code backup_verification_success} (1 or 0). Newest is always by snapshot time.
 * None is there before its value is known: a service that has just started must not look as if nothing was ever backed up.
 */
public final class BackupMetrics {

    private final MeterRegistry registry;
    private final ConcurrentMap<Labels, Values> series = new ConcurrentHashMap<>();

    public BackupMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** The repository was read and holds no backup: the last success is 0, so that an alarm for its age rises. */
    public void nothingStored(String database, String kind, String repository) {
        values(database, kind, repository).nothing();
    }

    /** A backup is stored. One older than the newest known changes nothing, so the log may be replayed in any order. */
    public void stored(String database, String kind, String repository, Instant snapshotTime, Duration took,
            long storedBytes) {
        values(database, kind, repository).stored(snapshotTime.getEpochSecond(), took.toMillis() / 1000.0, storedBytes);
    }

    /**
     * Whether the copy of the backup with that snapshot is verified, by all that is known of it; unproven is no success.
     * One older than the newest known changes nothing.
     */
    public void verified(String database, String kind, String repository, Instant snapshotTime, boolean success) {
        values(database, kind, repository).verified(snapshotTime, success);
    }

    private Values values(String database, String kind, String repository) {
        return series.computeIfAbsent(new Labels(database, kind, repository), labels -> new Values(Tags.of("database",
                labels.database(), "kind", labels.kind(), "repository", labels.repository())));
    }

    private record Labels(String database, String kind, String repository) {
    }

    private final class Values {

        private final Tags tags;
        private long newest = Long.MIN_VALUE;
        private double duration = Double.NaN;
        private double size = Double.NaN;
        private Instant verifiedSnapshot = Instant.MIN;
        private double verification = Double.NaN;

        Values(Tags tags) {
            this.tags = tags;
        }

        synchronized void nothing() {
            showLastSuccess();
        }

        synchronized void stored(long snapshot, double seconds, long bytes) {
            if (snapshot >= newest) {
                newest = snapshot;
                duration = seconds;
                size = bytes;
                showLastSuccess();
                show("backup.duration.seconds", "How long the newest stored backup took", Values::duration);
                show("backup.size.bytes", "Stored size of the newest backup", Values::size);
            }
        }

        private void showLastSuccess() {
            show("backup.last.success.timestamp.seconds", "Snapshot time of the newest stored backup, 0 for never", Values::lastSuccess);
        }

        synchronized void verified(Instant snapshot, boolean success) {
            if (!snapshot.isBefore(verifiedSnapshot)) {
                verifiedSnapshot = snapshot;
                verification = success ? 1 : 0;
                show("backup.verification.success", "1 where the newest backup with a result is verified, else 0", Values::verification);
            }
        }

        /** The registry keeps the first of a name and its tags. */
        private void show(String name, String description, ToDoubleFunction<Values> value) {
            Gauge.builder(name, this, value).tags(tags).description(description).register(registry);
        }

        private synchronized double lastSuccess() {
            return newest == Long.MIN_VALUE ? 0 : newest;
        }

        private synchronized double duration() {
            return duration;
        }

        private synchronized double size() {
            return size;
        }

        private synchronized double verification() {
            return verification;
        }
    }
}
