package dev.holdfast.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.repository.manifest.ManifestJson;
import dev.holdfast.repository.store.FaultyStore;
import dev.holdfast.repository.store.FileStore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A crash before or after any step of a write or an expiry leaves a backup whole or absent, never plausible. */
class CrashOrderTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T00:00:00Z"), ZoneOffset.UTC);
    private static final SampleBackup SAMPLE = SampleBackup.of("shop", RepositoryTest.DATA);

    @TempDir
    Path root;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_crash_at_any_step_of_a_write_leaves_absent_or_whole(boolean after) throws IOException {
        int whole = 0;
        int step = 1;
        for (boolean crashed = true; crashed; step++) {
            Path folder = Files.createDirectory(root.resolve("write-" + step));
            FaultyStore store = crashing(folder, step, after);
            crashed = fails(() -> SAMPLE.storeIn(Repository.open("crashing", store)));
            Repository survivor = Repository.open("main", FileStore.at(folder));
            survivor.writer().prepare();
            whole += assertWholeOrAbsent(survivor) ? 1 : 0;
            assertThat(temporary(folder)).isZero();
        }
        assertThat(step).isGreaterThan(8);
        assertThat(whole).isEqualTo(after ? 2 : 1);
    }

    @Test
    void what_a_crashed_write_left_is_listed_as_an_orphan() throws IOException {
        Repository survivor = Repository.open("main", FileStore.at(root));
        survivor.writer().prepare();
        SAMPLE.storeDataIn(survivor);
        List<Orphan> orphans = survivor.expirer().orphans("shop");
        assertThat(orphans).singleElement().satisfies(orphan -> {
            assertThat(orphan.folder()).isEqualTo(SAMPLE.folder().prefix());
            assertThat(orphan.objects()).isEqualTo(5);
            assertThat(orphan.bytes()).isGreaterThan(40_000);
            assertThat(orphan.committed()).isFalse();
        });
        SAMPLE.attempt(2, "fedcba9876543210").storeIn(survivor);
        assertThat(survivor.expirer().orphans("shop")).singleElement().satisfies(orphan -> {
            assertThat(orphan.folder()).isEqualTo(SAMPLE.folder().prefix());
            assertThat(orphan.committed()).isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_crash_at_any_step_of_an_expiry_is_finished_by_the_next(boolean after) throws IOException {
        int step = 1;
        for (boolean crashed = true; crashed; step++) {
            Path folder = Files.createDirectory(root.resolve("expire-" + step));
            Repository repository = Repository.open("main", FileStore.at(folder));
            ManifestDocument kept = SAMPLE.firedAt(Instant.parse("2026-02-10T02:00:00Z")).storeIn(repository);
            ManifestDocument doomed = SAMPLE.storeIn(repository);
            repository.verificationWriter().add(doomed,
                    RepositoryTest.verification(doomed, "verified", CLOCK.instant(), doomed.sha256()));
            FaultyStore store = crashing(folder, step, after);
            crashed = fails(() -> Repository.open("crashing", store).expirer().expire(doomed, "age", CLOCK));
            assertWholeOrAbsent(repository);
            repository.expirer().unfinished().tombstones().forEach(repository.expirer()::finish);
            if (repository.catalog().find("shop", doomed.id()).isPresent()) {
                assertThat(step).isEqualTo(1);
                assertThat(after).isFalse();
            } else {
                assertThat(folder.resolve("db/shop/" + doomed.id())).doesNotExist();
            }
            assertThat(repository.expirer().unfinished().tombstones()).isEmpty();
            assertThat(repository.catalog().backups("shop")).contains(kept.id());
            assertThat(repository.reader().openStored(kept, kept.stream("data")).readAllBytes()).hasSize(40_000);
        }
        assertThat(step).isGreaterThan(8);
    }

    @Test
    void an_expiry_counts_what_it_freed() {
        Repository repository = Repository.open("main", FileStore.at(root));
        ManifestDocument doomed = SAMPLE.storeIn(repository);
        Expired expired = repository.expirer().expire(doomed, "age", CLOCK);
        assertThat(expired.objects()).isEqualTo(6);
        assertThat(expired.bytes()).isEqualTo(doomed.storedBytes() + doomed.bytes().length);
        assertThat(repository.catalog().aliases()).isEmpty();
    }

    @Test
    void an_expiring_backup_is_no_backup_and_takes_no_manifest() {
        FileStore store = FileStore.at(root);
        Repository repository = Repository.open("main", store);
        ManifestDocument doomed = SAMPLE.storeIn(repository);
        store.create("db/shop/" + doomed.id() + "/tombstone.json", ManifestJson.write(new Tombstone(1, "shop",
                doomed.id().toString(), doomed.sha256(), "age", CLOCK.instant())));
        assertThat(repository.catalog().backups("shop")).isEmpty();
        assertThat(repository.catalog().find("shop", doomed.id())).isEmpty();
        RepositoryTest.fails("backup-expiring", () -> repository.writer().commit(doomed));
    }

    @Test
    void a_tombstone_for_another_manifest_deletes_nothing() {
        FileStore store = FileStore.at(root);
        Repository repository = Repository.open("main", store);
        ManifestDocument doomed = SAMPLE.storeIn(repository);
        store.create("db/shop/" + doomed.id() + "/tombstone.json", ManifestJson.write(new Tombstone(1, "shop",
                doomed.id().toString(), "0".repeat(64), "age", CLOCK.instant())));
        RepositoryTest.fails("manifest-conflict", () -> repository.expirer().expire(doomed, "age", CLOCK));
        assertThat(repository.catalog().backups("shop")).as("and hides nothing").containsExactly(doomed.id());
        assertThat(root.resolve("db/shop/" + doomed.id() + "/manifest.json")).exists();
    }

    @Test
    void a_forged_tombstone_is_refused_and_hides_nothing() {
        FileStore store = FileStore.at(root);
        Repository repository = Repository.open("main", store);
        ManifestDocument doomed = SAMPLE.storeIn(repository);
        store.create("db/shop/" + doomed.id() + "/tombstone.json", ManifestJson.write(new Tombstone(1, "other",
                doomed.id().toString(), doomed.sha256(), "age", CLOCK.instant())));
        assertThat(repository.expirer().unfinished().tombstones()).isEmpty();
        assertThat(repository.expirer().unfinished().refused()).singleElement()
                .satisfies(refused -> assertThat(refused.why().code()).isEqualTo("tombstone-invalid"));
        assertThat(repository.catalog().backups("shop")).containsExactly(doomed.id());
        assertThat(repository.catalog().find("shop", doomed.id())).isPresent();
    }

    private static FaultyStore crashing(Path folder, int step, boolean after) {
        FaultyStore store = new FaultyStore(FileStore.at(folder));
        return after ? store.crashAfterStep(step) : store.crashBeforeStep(step);
    }

    /** Whatever is listed opens and reads to its checked end. */
    private static boolean assertWholeOrAbsent(Repository repository) throws IOException {
        BackupId id = SAMPLE.folder().id();
        boolean listed = repository.catalog().backups("shop").contains(id);
        assertThat(repository.catalog().find("shop", id).isPresent()).isEqualTo(listed);
        if (listed) {
            ManifestDocument manifest = repository.catalog().manifest("shop", id);
            try (InputStream in = repository.reader().openPlain(manifest, manifest.stream("data"), SecretKeys.none())) {
                assertThat(in.readAllBytes()).isEqualTo(RepositoryTest.DATA);
            }
        }
        return listed;
    }

    private static long temporary(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".tmp-")).count();
        }
    }

    private static boolean fails(Runnable act) {
        try {
            act.run();
            return false;
        } catch (HoldfastException e) {
            assertThat(e.code()).isEqualTo("faulty-store");
            return true;
        }
    }
}
