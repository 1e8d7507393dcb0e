package dev.holdfast.retention.prune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.BackupExpired;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.Tombstone;
import dev.holdfast.repository.manifest.ManifestJson;
import dev.holdfast.repository.store.FaultyStore;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.retention.plan.Decision;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.testkit.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PruneBackupsTest {

    private static final Predicate<String> NOTHING_PAUSED = database -> false;

    private static final Instant NOW = Instant.parse("2026-02-10T12:00:00Z");

    @TempDir
    private Path folder;
    private final SettableClock clock = SettableClock.at(NOW);
    private final List<BackupExpired> told = new ArrayList<>();
    private Repository disk;
    private StoredBackups backups;

    @BeforeEach
    void open() throws IOException {
        disk = Repository.open("disk", FileStore.at(Files.createDirectory(folder.resolve("disk"))));
        backups = new StoredBackups(disk);
    }

    @Test
    void pruning_deletes_the_files_of_what_no_rule_keeps_and_nothing_else() throws IOException {
        List<ManifestDocument> days = verifiedDays(10);
        ManifestDocument refuted = backups.add("shop", day(20));
        backups.verify(refuted, "refuted", "equal", day(19));
        backups.addWithoutManifest("shop", day(30));

        List<PruneOutcome> outcomes = prune(TestDatabases.keepLast("shop", 3, "disk"));

        assertThat(outcomes).hasSize(1).noneMatch(PruneOutcome::failed);
        assertThat(told).extracting(BackupExpired::backupId).containsExactly(Stream.concat(
                days.subList(3, 10).stream(), Stream.of(refuted)).map(each -> each.id().toString()).toArray(String[]::new));
        assertThat(told).allSatisfy(event -> {
            assertThat(event.repository()).isEqualTo("disk");
            assertThat(event.freedBytes()).isGreaterThan(StoredBackups.BYTES);
            assertThat(event.rule()).isNotBlank();
        });
        Set<String> left = new TreeSet<>(Set.of(BackupId.scheduled("shop", "dump", day(30)).toString()));
        days.subList(0, 3).forEach(each -> left.add(each.id().toString()));
        assertThat(foldersWithFiles("shop")).isEqualTo(left);
    }

    @Test
    void temporary_files_of_killed_writers_go_after_a_day_and_those_of_living_ones_stay() throws IOException {
        backups.add("shop", day(1));
        Path attempt = Files.createDirectories(folder.resolve("disk/db/shop/killed/1-abc"));
        Path left = Files.writeString(attempt.resolve(".tmp-left"), "half");
        Path written = Files.writeString(folder.resolve("disk/db/shop/.tmp-written"), "half");
        Files.setLastModifiedTime(left, FileTime.from(NOW.minus(Duration.ofHours(25))));
        Files.setLastModifiedTime(written, FileTime.from(NOW.minus(Duration.ofHours(23))));

        new PruneBackups(Map.of("disk", disk), clock).dryRun(List.of(TestDatabases.keepLast("shop", 3, "disk")));
        assertThat(left).exists();

        assertThat(prune(TestDatabases.keepLast("shop", 3, "disk"))).noneMatch(PruneOutcome::failed);
        assertThat(attempt.getParent()).as("with the folders that held nothing else").doesNotExist();
        assertThat(written).exists();
    }

    @Test
    void a_dry_run_says_the_same_and_deletes_nothing() throws IOException {
        verifiedDays(6);
        Set<String> before = foldersWithFiles("shop");
        HoldfastConfig.Database shop = TestDatabases.keepLast("shop", 3, "disk");

        List<PruneOutcome> dry = new PruneBackups(Map.of("disk", disk), clock).dryRun(List.of(shop));

        assertThat(foldersWithFiles("shop")).isEqualTo(before);
        assertThat(dry.getFirst().expired()).isEmpty();
        List<String> announced = dry.getFirst().plan().orElseThrow().deletions().stream()
                .map(decision -> decision.backup().backupId()).toList();
        prune(shop);
        assertThat(told).extracting(BackupExpired::backupId).isEqualTo(announced).hasSize(3);
    }

    @Test
    void the_last_verification_counts() {
        ManifestDocument better = backups.add("shop", day(2));
        backups.verify(better, "refuted", "equal", day(1));
        backups.verify(better, "verified", "equal", NOW);
        ManifestDocument worse = backups.add("shop", day(1));
        backups.verify(worse, "verified", "equal", day(1));
        backups.verify(worse, "refuted", "equal", NOW);
        ManifestDocument retried = backups.add("shop", day(3));
        backups.verify(retried, "verified", "equal", day(1));
        backups.verify(retried, "unproven", "archive", NOW);

        List<Decision> decisions = new PruneBackups(Map.of("disk", disk), clock)
                .dryRun(List.of(TestDatabases.keepLast("shop", 3, "disk"))).getFirst().plan().orElseThrow().decisions();

        assertThat(decisions).extracting(decision -> decision.backup().standing().name())
                .containsExactly("REFUTED", "VERIFIED", "VERIFIED");
    }

    @Test
    void a_copy_that_a_later_proof_refutes_no_longer_fills_the_floor_and_the_next_older_one_is_kept_in_its_place() {
        List<ManifestDocument> days = verifiedDays(4);
        ManifestDocument again = days.get(1);
        backups.verify(again, "unproven", "archive", NOW.minusSeconds(60));
        assertThat(deletions(TestDatabases.keepLast("shop", 1, "disk"))).as("it could not be proven again, and still counts")
                .containsExactly(days.get(2).id().toString(), days.get(3).id().toString());

        backups.verify(again, "refuted", "none", NOW);

        prune(TestDatabases.keepLast("shop", 1, "disk"));
        assertThat(told).extracting(BackupExpired::backupId).contains(days.get(3).id().toString())
                .doesNotContain(days.get(0).id().toString(), days.get(2).id().toString());
    }

    private List<String> deletions(HoldfastConfig.Database database) {
        return new PruneBackups(Map.of("disk", disk), clock).dryRun(List.of(database)).getFirst().plan().orElseThrow().deletions()
                .stream().map(decision -> decision.backup().backupId()).toList();
    }

    @Test
    void a_proof_below_the_policys_level_does_not_count() {
        ManifestDocument weak = backups.add("shop", day(1));
        backups.verify(weak, "verified", "checksum", NOW);
        ManifestDocument scrubbed = backups.add("shop", day(2));
        backups.verify(scrubbed, "verified", "equal", day(1));
        backups.verify(scrubbed, "verified", "checksum", NOW);

        List<Decision> decisions = new PruneBackups(Map.of("disk", disk), clock)
                .dryRun(List.of(TestDatabases.keepLast("shop", 3, "disk"))).getFirst().plan().orElseThrow().decisions();

        assertThat(decisions).extracting(decision -> decision.backup().standing().name()).containsExactly("UNPROVEN", "VERIFIED");
    }

    @Test
    void a_verification_of_another_manifest_proves_nothing() throws IOException {
        List<ManifestDocument> days = verifiedDays(5);
        ManifestDocument proven = days.get(1);
        Path verifications = folder("shop", days.getFirst()).resolve("verifications");
        try (Stream<Path> own = Files.list(verifications)) {
            Files.delete(own.findFirst().orElseThrow());
        }
        try (Stream<Path> other = Files.list(folder("shop", proven).resolve("verifications"))) {
            Path copied = other.findFirst().orElseThrow();
            Files.copy(copied, verifications.resolve(copied.getFileName()));
        }

        prune(TestDatabases.keepLast("shop", 1, "disk"));

        assertThat(foldersWithFiles("shop")).as("the newest is unproven, so the floor begins below it")
                .contains(days.get(0).id().toString(), days.get(1).id().toString(), days.get(2).id().toString()).hasSize(3);
    }

    @Test
    void a_deletion_that_was_cut_short_is_finished_by_the_next_run() throws IOException {
        List<ManifestDocument> days = verifiedDays(6);
        HoldfastConfig.Database shop = TestDatabases.keepLast("shop", 3, "disk");
        Path victim = folder("shop", days.get(4));
        for (int step = 1; step <= 5; step++) {
            FaultyStore store = new FaultyStore(FileStore.at(folder.resolve("disk"))).crashBeforeStep(step);
            try (Repository cut = Repository.open("disk", store)) {
                List<PruneOutcome> outcomes = new PruneBackups(Map.of("disk", cut), clock).run(List.of(shop), NOTHING_PAUSED, told::add);
                assertThat(outcomes).as("before step %s", step).anyMatch(PruneOutcome::failed);
            }
        }
        told.clear();
        List<PruneOutcome> outcomes = prune(shop);

        assertThat(outcomes).noneMatch(PruneOutcome::failed);
        assertThat(foldersWithFiles("shop")).isEqualTo(ids(days.subList(0, 3)));
        assertThat(victim).doesNotExist();
        assertThat(told).isNotEmpty().allSatisfy(event -> assertThat(event.rule()).contains("last 3"));
        assertThat(disk.expirer().unfinished().tombstones()).isEmpty();
    }

    @Test
    void a_tombstone_that_fits_a_backup_of_the_floor_deletes_nothing_and_is_told() throws IOException {
        List<ManifestDocument> days = verifiedDays(6);
        tombstone(days.getFirst(), new Tombstone(1, "shop", days.getFirst().id().toString(), days.getFirst().sha256(), "forged", NOW));

        List<PruneOutcome> outcomes = prune(TestDatabases.keepLast("shop", 2, "disk"));

        assertThat(failures(outcomes)).containsExactly("tombstone-refused");
        assertThat(told).noneMatch(event -> event.backupId().equals(days.getFirst().id().toString())).hasSize(3);
        assertThat(foldersWithFiles("shop")).as("what nobody finds any more does not count for the floor")
                .isEqualTo(ids(days.subList(0, 3)));
        Files.delete(folder("shop", days.getFirst()).resolve("tombstone.json"));
        assertThat(disk.catalog().backups("shop")).contains(days.getFirst().id());
    }

    @Test
    void a_tombstone_beside_a_manifest_that_the_plan_deletes_is_finished() throws IOException {
        List<ManifestDocument> days = verifiedDays(4);
        tombstone(days.get(3), new Tombstone(1, "shop", days.get(3).id().toString(), days.get(3).sha256(), "last 3", NOW));

        assertThat(prune(TestDatabases.keepLast("shop", 3, "disk"))).noneMatch(PruneOutcome::failed);

        assertThat(told).extracting(BackupExpired::backupId).containsExactly(days.get(3).id().toString());
        assertThat(foldersWithFiles("shop")).isEqualTo(ids(days.subList(0, 3)));
    }

    @Test
    void tombstones_that_are_none_hide_no_backup_and_block_no_other_deletion() throws IOException {
        List<ManifestDocument> days = verifiedDays(7);
        Files.writeString(folder("shop", days.getFirst()).resolve("tombstone.json"), "{");
        tombstone(days.get(1), new Tombstone(1, "shop", days.get(1).id().toString(), "0".repeat(64), "another manifest", NOW));
        Files.writeString(folder("shop", days.get(5)).resolve("tombstone.json"), "no JSON");
        tombstone(days.get(6), new Tombstone(1, "shop", days.get(6).id().toString(), days.get(6).sha256(), "last 3", NOW));
        Files.delete(folder("shop", days.get(6)).resolve("manifest.json"));

        List<PruneOutcome> outcomes = prune(TestDatabases.keepLast("shop", 3, "disk"));

        assertThat(failures(outcomes)).containsExactlyInAnyOrder("tombstone-invalid", "tombstone-invalid", "tombstone-refused");
        assertThat(disk.catalog().backups("shop")).contains(days.get(0).id(), days.get(1).id(), days.get(2).id());
        assertThat(told).extracting(BackupExpired::backupId).containsExactly(days.get(6).id().toString(),
                days.get(3).id().toString(), days.get(4).id().toString());
    }

    @Test
    void of_a_paused_database_nothing_is_deleted_and_what_was_begun_is_not_finished() {
        verifiedDays(6);
        ManifestDocument begun = backups.add("blog", day(90));
        tombstone(begun, new Tombstone(1, "blog", begun.id().toString(), begun.sha256(), "age", NOW));
        assertThat(folder("blog", begun).resolve("manifest.json").toFile().delete()).isTrue();
        HoldfastConfig.Database shop = TestDatabases.keepLast("shop", 3, "disk");
        PruneBackups prune = new PruneBackups(Map.of("disk", disk), clock);

        assertThat(prune.run(List.of(shop), database -> database != null, told::add)).noneMatch(PruneOutcome::failed);
        assertThat(prune.run(List.of(shop), database -> true, told::add)).isEmpty();
        assertThat(told).isEmpty();

        prune.run(List.of(shop), database -> !told.isEmpty(), told::add);
        assertThat(told).as("paused after the first deletion").hasSize(1);
        prune.run(List.of(shop), NOTHING_PAUSED, told::add);
        assertThat(told).hasSize(4);
    }

    @Test
    void a_tombstone_of_a_database_without_a_policy_deletes_nothing() {
        verifiedDays(3);
        ManifestDocument other = backups.add("old", day(90));
        tombstone(other, new Tombstone(1, "old", other.id().toString(), other.sha256(), "age", NOW));

        List<PruneOutcome> outcomes = prune(TestDatabases.keepLast("shop", 3, "disk"));

        assertThat(outcomes.stream().filter(PruneOutcome::failed)).singleElement()
                .satisfies(outcome -> assertThat(outcome.database()).isEqualTo("old"));
        assertThat(folder("old", other).resolve("manifest.json")).exists();
    }

    @Test
    void nothing_is_deleted_once_the_floor_is_no_longer_proven() {
        List<ManifestDocument> days = verifiedDays(6);
        HoldfastConfig.Database shop = TestDatabases.keepLast("shop", 2, "disk");
        List<PruneOutcome> outcomes = new PruneBackups(Map.of("disk", disk), clock).run(List.of(shop), NOTHING_PAUSED, event -> {
            told.add(event);
            if (told.size() == 1) {
                backups.verify(days.getFirst(), "refuted", "equal", NOW.plusSeconds(1));
            }
        });
        assertThat(told).hasSize(1);
        assertThat(outcomes.getFirst().failures()).extracting(HoldfastException::code).containsExactly("plan-outdated");
        assertThat(foldersWithFilesUnchecked("shop")).hasSize(5);
    }

    @Test
    void a_backup_that_was_proven_after_the_plan_is_not_deleted_by_it() {
        verifiedDays(3);
        ManifestDocument first = backups.add("shop", day(8));
        ManifestDocument second = backups.add("shop", day(9));
        List<PruneOutcome> outcomes = new PruneBackups(Map.of("disk", disk), clock)
                .run(List.of(TestDatabases.keepLast("shop", 3, "disk")), NOTHING_PAUSED, event -> {
                    told.add(event);
                    backups.verify(second, "verified", "equal", NOW);
                });
        assertThat(told).extracting(BackupExpired::backupId).containsExactly(first.id().toString());
        assertThat(outcomes.getFirst().failures()).extracting(HoldfastException::code).containsExactly("plan-outdated");
        assertThat(folder("shop", second)).exists();
    }

    @Test
    void an_unreachable_repository_fails_alone() throws IOException {
        Files.writeString(folder.resolve("file"), "not a folder");
        try (Repository broken = Repository.open("broken", FileStore.at(folder.resolve("file").resolve("below")))) {
            verifiedDays(5);
            List<PruneOutcome> outcomes = new PruneBackups(Map.of("disk", disk, "broken", broken), clock)
                    .run(List.of(TestDatabases.keepLast("shop", 3, "broken", "disk")), NOTHING_PAUSED, told::add);
            assertThat(outcomes.stream().filter(PruneOutcome::failed)).isNotEmpty()
                    .allSatisfy(outcome -> assertThat(outcome.repository()).isEqualTo("broken"));
            assertThat(told).hasSize(2);
        }
    }

    @Test
    void an_unreadable_manifest_is_reported_and_kept_and_stops_nothing_else() throws IOException {
        List<ManifestDocument> days = verifiedDays(6);
        Path manifest = folder("shop", days.get(5)).resolve("manifest.json");
        Files.setPosixFilePermissions(manifest, Set.of(PosixFilePermission.OWNER_READ,
                PosixFilePermission.OWNER_WRITE));
        Files.writeString(manifest, "{\"formatVersion\": 1");
        List<PruneOutcome> outcomes = prune(TestDatabases.keepLast("shop", 3, "disk"));
        assertThat(outcomes.getFirst().failures()).extracting(HoldfastException::code).containsExactly("manifest-corrupt");
        assertThat(told).hasSize(2);
        assertThat(manifest).exists();
    }

    @Test
    void a_database_without_keep_rules_or_without_a_proof_keeps_everything() {
        verifiedDays(5);
        for (int day = 1; day < 60; day++) {
            backups.add("blog", day(day));
        }
        List<PruneOutcome> outcomes = new PruneBackups(Map.of("disk", disk), clock).run(
                List.of(TestDatabases.keepAll("shop", "disk"), TestDatabases.keepAge("blog", Duration.ofDays(2), "disk")),
                NOTHING_PAUSED, told::add);
        assertThat(outcomes).hasSize(2).noneMatch(PruneOutcome::failed);
        assertThat(told).isEmpty();
    }

    private void tombstone(ManifestDocument backup, Tombstone tombstone) {
        FileStore.at(folder.resolve("disk")).create("db/" + backup.alias() + "/" + backup.id() + "/tombstone.json",
                ManifestJson.write(tombstone));
    }

    private static List<String> failures(List<PruneOutcome> outcomes) {
        return outcomes.stream().flatMap(outcome -> outcome.failures().stream()).map(HoldfastException::code).toList();
    }

    private List<PruneOutcome> prune(HoldfastConfig.Database database) {
        return new PruneBackups(Map.of("disk", disk), clock).run(List.of(database), NOTHING_PAUSED, told::add);
    }

    /** Newest first. */
    @Test
    void a_copy_that_only_the_key_speaks_against_stays_while_a_rule_would_keep_it_were_it_proven() {
        ManifestDocument locked = backups.add("shop", day(40));
        backups.refute(locked, "key", day(39));
        ManifestDocument bad = backups.add("shop", day(41));
        backups.refute(bad, "rows", day(39));
        verifiedDays(3);

        prune(TestDatabases.keepAge("shop", Duration.ofDays(60), "disk"));
        clock.advance(Duration.ofDays(15));
        prune(TestDatabases.keepLast("shop", 4, "disk"));

        assertThat(told).extracting(BackupExpired::backupId).containsExactly(bad.id().toString());
    }

    private List<ManifestDocument> verifiedDays(int count) {
        List<ManifestDocument> days = new ArrayList<>();
        for (int day = 0; day < count; day++) {
            ManifestDocument backup = backups.add("shop", day(day));
            backups.verify(backup, "verified", "equal", day(day).plusSeconds(60));
            days.add(backup);
        }
        return days;
    }

    private static Instant day(int ago) {
        return NOW.minus(Duration.ofHours(10)).minus(Duration.ofDays(ago));
    }

    private static Set<String> ids(List<ManifestDocument> backups) {
        return backups.stream().map(each -> each.id().toString()).collect(Collectors.toCollection(TreeSet::new));
    }

    private Path folder(String alias, ManifestDocument backup) {
        return folder.resolve("disk/db").resolve(alias).resolve(backup.id().toString());
    }

    private Set<String> foldersWithFiles(String alias) throws IOException {
        Path root = folder.resolve("disk/db").resolve(alias);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).map(file -> root.relativize(file).getName(0).toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private Set<String> foldersWithFilesUnchecked(String alias) {
        try {
            return foldersWithFiles(alias);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
