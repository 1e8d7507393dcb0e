package dev.holdfast.verifier;

import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.service.metrics.BackupMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * {@code backup_verification_success} (1 only for verified) and {@code backup_proven_restore_seconds}, the restore time
 * that the newest proof has measured.
 */
final class ProofMetrics {

    private final BackupMetrics backups;
    private final MeterRegistry registry;
    private final Map<Tags, AtomicReference<Double>> restoreSeconds = new ConcurrentHashMap<>();

    ProofMetrics(BackupMetrics backups, MeterRegistry registry) {
        this.backups = backups;
        this.registry = registry;
    }

    void record(ManifestDocument manifest, Verification proof) {
        String kind = manifest.manifest().kind();
        backups.verified(proof.database(), kind, proof.repository(), manifest.manifest().snapshotTime(),
                proof.outcome().equals("verified"));
        if (proof.outcome().equals("verified") && proof.restoreSeconds() != null) {
            Tags tags = Tags.of("database", proof.database(), "kind", kind, "repository", proof.repository());
            restoreSeconds.computeIfAbsent(tags, t -> registry.gauge("backup_proven_restore_seconds", t,
                    new AtomicReference<>(Double.NaN), AtomicReference::get)).set(proof.restoreSeconds());
        }
    }
}
