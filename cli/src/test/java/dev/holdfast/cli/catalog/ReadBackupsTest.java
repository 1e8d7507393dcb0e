package dev.holdfast.cli.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.store.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code list} and {@code show} say of a backup with two copies. */
class ReadBackupsTest {

    private static final Instant FIRE = Instant.parse("2026-02-03T02:00:00Z");

    @TempDir
    private Path folder;
    private Repository disk;
    private Repository second;
    private ManifestDocument backup;
    private ReadBackups reading;

    @BeforeEach
    void open() throws IOException {
        disk = Repository.open("disk", FileStore.at(Files.createDirectory(folder.resolve("disk"))));
        second = Repository.open("second", FileStore.at(Files.createDirectory(folder.resolve("second"))));
        reading = new ReadBackups(List.of(disk, second), alias -> "equal");
        backup = new StoredBackups(disk).add("shop", FIRE);
    }

    @AfterEach
    void close() {
        disk.close();
        second.close();
    }

    @Test
    void a_backup_is_as_good_as_its_worst_copy() {
        new StoredBackups(second).copy(backup);
        assertThat(listed().state()).isEqualTo("unverified");
        verify(second, "verified", "equal", 1);
        assertThat(listed().state()).as("one copy is not proven yet").isEqualTo("unverified");
        verify(disk, "unproven", "archive", 2);
        assertThat(listed().state()).isEqualTo("unproven");
        verify(disk, "refuted", "restore", 3);
        verify(second, "verified", "equal", 4);
        assertThat(listed().state()).isEqualTo("refuted");
        assertThat(listed().copies()).extracting(BackupEntry.Copy::state).containsExactly("refuted", "verified");
        verify(disk, "verified", "equal", 5);
        assertThat(listed().state()).isEqualTo("verified");
        assertThat(listed().restoreSeconds()).isEqualTo(4.0);
    }

    @Test
    void a_success_below_the_policy_s_level_is_no_proof() {
        verify(disk, "verified", "checksum", 1);
        assertThat(listed().state()).isEqualTo("unproven");
        assertThat(listed().restoreSeconds()).isNull();
    }

    @Test
    void copies_of_which_the_manifests_differ_are_named_and_not_verified() {
        verify(disk, "verified", "equal", 1);
        new StoredBackups(second).add("shop", FIRE);
        assertThat(listed().state()).isEqualTo("unproven");
        assertThat(reading.failures()).extracting(HoldfastException::code).containsOnly("manifest-conflict");
        assertThat(reading.show(backup.id()).backup().state()).isEqualTo("unproven");
    }

    private BackupEntry listed() {
        return reading.list(Optional.of("shop")).getFirst();
    }

    private void verify(Repository repository, String outcome, String level, int hour) {
        new StoredBackups(repository).verify(backup, outcome, level, FIRE.plusSeconds(3600L * hour));
    }
}
