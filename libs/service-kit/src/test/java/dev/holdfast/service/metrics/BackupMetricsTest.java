package dev.holdfast.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackupMetricsTest {

    private static final Instant SNAPSHOT = Instant.parse("2026-02-03T02:00:00Z");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final BackupMetrics metrics = new BackupMetrics(registry);

    @Test
    void a_service_that_only_proves_says_nothing_of_when_a_backup_succeeded() {
        metrics.verified("shop", "dump", "disk", SNAPSHOT, true);
        assertThat(names()).containsExactly("backup.verification.success");
    }

    @Test
    void a_service_that_only_stores_says_nothing_of_proofs() {
        metrics.stored("shop", "dump", "disk", SNAPSHOT, Duration.ofSeconds(3), 10);
        assertThat(names()).containsExactlyInAnyOrder("backup.last.success.timestamp.seconds", "backup.duration.seconds",
                "backup.size.bytes");
    }

    @Test
    void never_is_zero_until_a_backup_is_stored_and_not_after() {
        metrics.nothingStored("shop", "dump", "disk");
        assertThat(names()).containsExactly("backup.last.success.timestamp.seconds");
        assertThat(value("backup.last.success.timestamp.seconds")).isZero();
        metrics.stored("shop", "dump", "disk", SNAPSHOT, Duration.ofSeconds(3), 10);
        metrics.nothingStored("shop", "dump", "disk");
        assertThat(value("backup.last.success.timestamp.seconds")).isEqualTo(SNAPSHOT.getEpochSecond());
    }

    @Test
    void the_newest_snapshot_counts_in_whatever_order_things_are_told() {
        metrics.verified("shop", "dump", "disk", SNAPSHOT, false);
        metrics.verified("shop", "dump", "disk", SNAPSHOT.minusSeconds(60), true);
        assertThat(value("backup.verification.success")).isZero();
        metrics.verified("shop", "dump", "disk", SNAPSHOT, true);
        assertThat(value("backup.verification.success")).isOne();
        metrics.stored("shop", "dump", "disk", SNAPSHOT, Duration.ofSeconds(3), 10);
        metrics.stored("shop", "dump", "disk", SNAPSHOT.minusSeconds(60), Duration.ofSeconds(5), 99);
        assertThat(value("backup.size.bytes")).isEqualTo(10);
        assertThat(value("backup.duration.seconds")).isEqualTo(3);
    }

    private List<String> names() {
        return registry.getMeters().stream().map(Meter::getId).map(Meter.Id::getName).toList();
    }

    private double value(String name) {
        return registry.get(name).tag("database", "shop").tag("kind", "dump").tag("repository", "disk").gauge().value();
    }
}
