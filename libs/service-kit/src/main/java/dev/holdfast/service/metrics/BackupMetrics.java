package dev.holdfast.service.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Four gauges, labelled {@code database}, {@code kind} and {@code repository}: {@code backup_last_success_timestamp_seconds}
 * (snapshot time of the newest backup that succeeded, 0 for never), {@code backup_duration_seconds},
 * {@code backup_size_bytes} (stored) and {@code backup_verification_success} (1 or 0); the last three are NaN until known.
 */
public final class BackupMetrics {

    private final MeterRegistry registry;
    private final ConcurrentMap<Labels, Values> series = new ConcurrentHashMap<>();

    public BackupMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows the series from now on, also where nothing succeeded yet: an absent series raises no alarm. */
    public void expect(String database, String kind, String repository) {
        values(database, kind, repository);
    }

    /** A backup is stored. One older than the newest known changes nothing, so the log may be replayed in any order. */
    public void stored(String database, String kind, String repository, Instant snapshotTime, Duration took,
            long storedBytes) {
        values(database, kind, repository).stored(snapshotTime.getEpochSecond(), took.toMillis() / 1000.0, storedBytes);
    }

    /** The newest verification's result; unproven counts as no success. */
    public void verified(String database, String kind, String repository, Instant at, boolean success) {
        values(database, kind, repository).verified(at, success);
    }

    private Values values(String database, String kind, String repository) {
        return series.computeIfAbsent(new Labels(database, kind, repository), this::register);
    }

    private Values register(Labels labels) {
        Values values = new Values();
        Tags tags = Tags.of("database", labels.database(), "kind", labels.kind(), "repository", labels.repository());
        Gauge.builder("backup.last.success.timestamp.seconds", values, Values::lastSuccess).tags(tags)
                .description("Snapshot time of the newest stored backup, 0 for never").register(registry);
        Gauge.builder("backup.duration.seconds", values, Values::duration).tags(tags)
                .description("How long the newest stored backup took").register(registry);
        Gauge.builder("backup.size.bytes", values, Values::size).tags(tags)
                .description("Stored size of the newest backup").register(registry);
        Gauge.builder("backup.verification.success", values, Values::verification).tags(tags)
                .description("1 where the newest verification proved its backup, else 0").register(registry);
        return values;
    }

    private record Labels(String database, String kind, String repository) {
    }

    private static final class Values {

        private long newest = Long.MIN_VALUE;
        private double duration = Double.NaN;
        private double size = Double.NaN;
        private Instant verifiedAt = Instant.MIN;
        private double verification = Double.NaN;

        synchronized void stored(long snapshot, double seconds, long bytes) {
            if (snapshot >= newest) {
                newest = snapshot;
                duration = seconds;
                size = bytes;
            }
        }

        synchronized void verified(Instant at, boolean success) {
            if (!at.isBefore(verifiedAt)) {
                verifiedAt = at;
                verification = success ? 1 : 0;
            }
        }

        synchronized double lastSuccess() {
            return newest == Long.MIN_VALUE ? 0 : newest;
        }

        synchronized double duration() {
            return duration;
        }

        synchronized double size() {
            return size;
        }

        synchronized double verification() {
            return verification;
        }
    }
}
