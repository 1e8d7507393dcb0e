package dev.holdfast.scheduler.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.scheduler.TestDatabases;
import dev.holdfast.service.metrics.BackupMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadRepositoriesTest {

    private static final Instant FIRE = Instant.parse("2026-02-03T02:00:00Z");

    @TempDir
    Path folder;
    private final SimpleMeterRegistry gauges = new SimpleMeterRegistry();
    private final BackupMetrics metrics = new BackupMetrics(gauges);
    private Repository disk;
    private Repository second;

    @BeforeEach
    void open() throws IOException {
        disk = Repository.open("disk", FileStore.at(Files.createDirectory(folder.resolve("disk"))));
        second = Repository.open("second", FileStore.at(Files.createDirectory(folder.resolve("second"))));
    }

    @AfterEach
    void close() {
        disk.close();
        second.close();
    }

    @Test
    void an_empty_folder_as_a_missing_mount_leaves_it_says_nothing_of_the_backups_that_were_there() {
        assertThat(reading(disk).read().readable()).isEmpty();
        assertThat(gauges.getMeters()).as("nothing is known of them").isEmpty();
        disk.writer().prepare();
        assertThat(reading(disk).read().readable()).containsExactly("disk");
    }

    @Test
    void a_database_without_a_backup_in_a_repository_that_was_read_has_never_succeeded() {
        disk.writer().prepare();
        reading(disk).read();
        assertThat(gauge("backup.last.success.timestamp.seconds")).isZero();
        assertThat(gauges.getMeters()).as("its size, duration and proof are not known").hasSize(1);
        new StoredBackups(disk).add("shop", FIRE);
        reading(disk).read();
        assertThat(gauge("backup.last.success.timestamp.seconds")).isEqualTo(FIRE.getEpochSecond());
        assertThat(gauges.find("backup.verification.success").gauge()).as("nobody has tried yet").isNull();
    }

    @Test
    void the_proof_of_an_older_backup_does_not_hide_that_the_newest_is_refuted() {
        StoredBackups backups = new StoredBackups(disk);
        ManifestDocument older = backups.add("shop", FIRE);
        ManifestDocument newest = backups.add("shop", FIRE.plusSeconds(86_400));
        backups.verify(newest, "refuted", "restore", FIRE.plusSeconds(90_000));
        backups.verify(older, "verified", "equal", FIRE.plusSeconds(100_000));
        new MeasureBackups(metrics).measure(catalog(disk));
        assertThat(gauge("backup.verification.success")).isZero();
        backups.verify(newest, "verified", "equal", FIRE.plusSeconds(200_000));
        new MeasureBackups(metrics).measure(catalog(disk));
        assertThat(gauge("backup.verification.success")).isOne();
        backups.verify(newest, "verified", "checksum", FIRE.plusSeconds(300_000));
        backups.verify(older, "refuted", "none", FIRE.plusSeconds(300_000));
        new MeasureBackups(metrics).measure(catalog(disk));
        assertThat(gauge("backup.verification.success")).isOne();
    }

    @Test
    void a_backup_is_as_good_as_its_worst_copy() {
        ManifestDocument backup = new StoredBackups(disk).add("shop", FIRE);
        new StoredBackups(second).copy(backup);
        new StoredBackups(disk).verify(backup, "refuted", "restore", FIRE.plusSeconds(100));
        new StoredBackups(second).verify(backup, "verified", "equal", FIRE.plusSeconds(200));
        CatalogEntry entry = catalog(disk, second).entries().getFirst();
        assertThat(entry.state()).isEqualTo("refuted");
        assertThat(entry.detail()).isEqualTo("1 differences in disk");
        assertThat(entry.repositories()).containsExactly("disk", "second");
    }

    @Test
    void a_backup_of_which_the_manifests_differ_is_not_verified() {
        for (Repository repository : List.of(disk, second)) {
            StoredBackups backups = new StoredBackups(repository);
            backups.verify(backups.add("shop", FIRE), "verified", "equal", FIRE.plusSeconds(100));
        }
        CatalogEntry entry = catalog(disk, second).entries().getFirst();
        assertThat(entry.state()).isEqualTo("unproven");
        assertThat(entry.detail()).contains("manifest-conflict");
    }

    private ReadRepositories reading(Repository... repositories) {
        return new ReadRepositories(List.of(TestDatabases.unscheduled("shop")), List.of(repositories), metrics);
    }

    private Catalog catalog(Repository... repositories) {
        Catalog catalog = new Catalog(alias -> "equal");
        catalog.merge(catalog.mark(), reading(repositories).read());
        return catalog;
    }

    private double gauge(String name) {
        Gauge found = gauges.get(name).tag("database", "shop").tag("repository", "disk").gauge();
        return found.value();
    }
}
