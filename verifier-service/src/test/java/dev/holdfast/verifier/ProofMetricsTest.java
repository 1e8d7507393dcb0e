package dev.holdfast.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.service.metrics.BackupMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProofMetricsTest {

    private static final Instant FIRE = Instant.parse("2026-02-03T02:00:00Z");

    @TempDir
    private Path folder;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ProofMetrics metrics = new ProofMetrics(new BackupMetrics(registry), registry, alias -> "equal");
    private Repository disk;
    private StoredBackups backups;

    @BeforeEach
    void open() {
        disk = Repository.open("disk", FileStore.at(folder));
        backups = new StoredBackups(disk);
    }

    @AfterEach
    void close() {
        disk.close();
    }

    @Test
    void what_nobody_has_tried_to_prove_has_no_series() {
        metrics.seen(disk, backups.add("shop", FIRE));
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void a_success_below_the_policy_s_level_is_no_success_and_takes_none_away() {
        ManifestDocument backup = backups.add("shop", FIRE);
        backups.verify(backup, "verified", "checksum", FIRE.plusSeconds(100));
        metrics.seen(disk, backup);
        assertThat(value("backup.verification.success")).isZero();
        assertThat(registry.find("backup.proven.restore.seconds").gauge()).isNull();
        backups.verify(backup, "verified", "equal", FIRE.plusSeconds(200));
        backups.verify(backup, "verified", "checksum", FIRE.plusSeconds(300));
        metrics.seen(disk, backup);
        assertThat(value("backup.verification.success")).isOne();
        assertThat(value("backup.proven.restore.seconds")).isEqualTo(4);
    }

    @Test
    void the_proof_of_an_older_backup_does_not_hide_that_the_newest_is_refuted() {
        ManifestDocument older = backups.add("shop", FIRE);
        ManifestDocument newest = backups.add("shop", FIRE.plusSeconds(86_400));
        backups.verify(newest, "refuted", "restore", FIRE.plusSeconds(90_000));
        metrics.seen(disk, newest);
        backups.verify(older, "verified", "equal", FIRE.plusSeconds(100_000));
        metrics.seen(disk, older);
        assertThat(value("backup.verification.success")).isZero();
    }

    private double value(String name) {
        return registry.get(name).tag("database", "shop").tag("repository", "disk").gauge().value();
    }
}
