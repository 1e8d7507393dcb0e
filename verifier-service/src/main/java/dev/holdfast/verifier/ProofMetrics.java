package dev.holdfast.verifier;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Proof;
import dev.holdfast.repository.ProofResult;
import dev.holdfast.repository.Repository;
import dev.holdfast.service.metrics.BackupMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code backup_verification_success} (1 only for verified at the policy's level) and {@code backup_proven_restore_seconds},
 * both of the newest backup, by snapshot, of which there is a result; no series before there is one. The sweep tells of
 * what was proven before this service started.
 */
final class ProofMetrics {

    private static final Logger LOG = LoggerFactory.getLogger(ProofMetrics.class);

    private final BackupMetrics backups;
    private final MeterRegistry registry;
    private final UnaryOperator<String> level;
    private final Map<Tags, Measured> restores = new HashMap<>();

    private record Measured(Instant snapshotTime, double seconds) {
    }

    /** @param level what the policy of a database, by alias, calls verified */
    ProofMetrics(BackupMetrics backups, MeterRegistry registry, UnaryOperator<String> level) {
        this.backups = backups;
        this.registry = registry;
        this.level = level;
    }

    /** Reads where the copy stands; what can't be read is only logged, since no proof depends on a gauge. */
    void seen(Repository repository, ManifestDocument manifest) {
        try {
            measure(repository, manifest, repository.verifications().proof(manifest, level.apply(manifest.alias())));
        } catch (HoldfastException e) {
            LOG.warn("measuring {} in {}: {} ({})", manifest.id(), repository.name(), e.getMessage(), e.nextStep());
        }
    }

    private void measure(Repository repository, ManifestDocument manifest, Proof proof) {
        String kind = manifest.manifest().kind();
        proof.deciding().ifPresent(result -> {
            backups.verified(manifest.alias(), kind, repository.name(), manifest.manifest().snapshotTime(), proof.isVerified());
            if (proof.isVerified() && result.restoreSeconds() != null) {
                restored(Tags.of("database", manifest.alias(), "kind", kind, "repository", repository.name()),
                        manifest.manifest().snapshotTime(), result);
            }
        });
    }

    private synchronized void restored(Tags tags, Instant snapshotTime, ProofResult result) {
        Measured before = restores.get(tags);
        if (before != null && snapshotTime.isBefore(before.snapshotTime())) {
            return;
        }
        restores.put(tags, new Measured(snapshotTime, result.restoreSeconds()));
        if (before == null) {
            Gauge.builder("backup.proven.restore.seconds", () -> seconds(tags)).tags(tags)
                    .description("How long the newest proven backup took to restore").register(registry);
        }
    }

    private synchronized double seconds(Tags tags) {
        return restores.get(tags).seconds();
    }
}
