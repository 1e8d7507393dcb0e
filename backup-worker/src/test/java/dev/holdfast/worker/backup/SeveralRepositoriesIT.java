package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.repository.store.FaultyStore;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.repository.store.S3Settings;
import dev.holdfast.repository.store.S3Store;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.S3Server;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Several copies at once, some of which get lost. */
@Timeout(120)
@ExtendWith(PostgresExtension.class)
class SeveralRepositoriesIT {

    @TempDir
    Path folder;
    private PostgresServer.Database source;

    @BeforeEach
    void fill(PostgresServer.Database database) {
        source = database;
        source.exec("CREATE TABLE t AS SELECT g, md5(g::text) || md5((g + 1)::text) AS v FROM generate_series(1, 30000) g");
    }

    @Test
    void all_copies_are_the_same_bytes_under_the_same_keys() throws Exception {
        Workshop shop = new Workshop(source).file("one", folder.resolve("one")).file("two", folder.resolve("two"))
                .partBytes(400_000);

        BackupCompleted completed = shop.complete();

        assertThat(completed.copies()).extracting(BackupCompleted.Copy::repository).containsExactly("one", "two");
        assertSameBytes(shop, "one", "two");
    }

    @Test
    void a_file_and_an_s3_copy_are_the_same_bytes_under_the_same_keys() throws Exception {
        S3Server.Bucket bucket = S3Server.newBucket();
        Workshop shop = new Workshop(source).file("files", folder.resolve("files")).store("bucket", s3(bucket, bucket.name()));

        BackupCompleted completed = shop.complete();

        assertThat(completed.copies()).extracting(BackupCompleted.Copy::repository).containsExactly("files", "bucket");
        assertSameBytes(shop, "files", "bucket");
    }

    @Test
    void a_missing_bucket_fails_before_the_dump_and_is_named() {
        S3Server.Bucket bucket = S3Server.newBucket();
        BackupFailed failed = new Workshop(source).store("bucket", s3(bucket, "holdfast-nobody-made-this")).fail();

        assertThat(failed.code()).isEqualTo("bucket-missing");
        assertThat(failed.reason()).contains("holdfast-nobody-made-this");
        assertThat(failed.phase()).isEqualTo("preflight");
    }

    @Test
    void a_repository_that_fails_half_way_is_reported_as_lost_and_the_backup_completes() throws Exception {
        FaultyStore faulty = new FaultyStore(store("faulty"));
        Workshop shop = new Workshop(source).file("good", folder.resolve("good")).store("faulty", faulty);
        shop.repository("faulty").writer().prepare();
        faulty.failWritesAfter(100_000);

        BackupCompleted completed = shop.complete();

        assertThat(completed.copies()).extracting(BackupCompleted.Copy::repository).containsExactly("good");
        assertThat(completed.lostCopies()).extracting(BackupCompleted.LostCopy::repository, BackupCompleted.LostCopy::code)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("faulty", "faulty-store"));
        assertThat(shop.keys("faulty")).isEmpty();
        assertNoTemporaryFiles("faulty");
    }

    @Test
    void a_repository_that_stalls_loses_its_copy_and_holds_nothing_up() throws Exception {
        FaultyStore faulty = new FaultyStore(store("faulty"));
        Workshop shop = new Workshop(source).file("good", folder.resolve("good")).store("faulty", faulty)
                .stallAfter(Duration.ofSeconds(3));
        shop.repository("faulty").writer().prepare();
        faulty.stallWritesAfter(100_000);

        BackupCompleted completed = shop.complete();

        assertThat(completed.lostCopies()).extracting(BackupCompleted.LostCopy::repository, BackupCompleted.LostCopy::code)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("faulty", "repository-stalled"));
        assertThat(shop.keys("faulty")).isEmpty();
    }

    @Test
    void a_repository_that_can_not_be_written_to_is_lost_before_the_dump() {
        Workshop shop = new Workshop(source).file("good", folder.resolve("good"))
                .store("absent", FileStore.at(folder.resolve("not mounted")));

        BackupCompleted completed = shop.complete();

        assertThat(completed.copies()).extracting(BackupCompleted.Copy::repository).containsExactly("good");
        assertThat(completed.lostCopies()).extracting(BackupCompleted.LostCopy::code).containsExactly("folder-missing");
    }

    @Test
    void a_store_that_fails_half_way_and_is_the_only_one_fails_the_run() throws Exception {
        FaultyStore faulty = new FaultyStore(store("faulty"));
        Workshop shop = new Workshop(source).store("faulty", faulty);
        shop.repository("faulty").writer().prepare();
        faulty.failWritesAfter(100_000);

        BackupFailed failed = shop.fail();

        assertThat(failed.code()).isEqualTo("faulty-store");
        assertThat(failed.phase()).isEqualTo("dump");
        assertThat(shop.keys("faulty")).isEmpty();
        assertNoTemporaryFiles("faulty");
    }

    @Test
    void a_store_that_loses_what_it_confirmed_gets_no_manifest() throws Exception {
        FaultyStore faulty = new FaultyStore(store("faulty"));
        Workshop shop = new Workshop(source).store("faulty", faulty);
        shop.atDump(faulty::loseObjects);

        assertThat(shop.fail().code()).isEqualTo("object-corrupt");
        assertThat(shop.keys("faulty")).isEmpty();
    }

    /** The first change made it a repository; globals, data and manifest follow. */
    @Test
    void a_crash_of_the_store_at_any_change_leaves_a_whole_backup_or_none() throws Exception {
        for (int step = 2; step <= 4; step++) {
            for (boolean before : new boolean[] {true, false}) {
                String name = "crash-" + step + "-" + before;
                FaultyStore faulty = new FaultyStore(store(name));
                Workshop shop = new Workshop(source).store(name, faulty);
                shop.repository(name).writer().prepare();
                if (before) {
                    faulty.crashBeforeStep(step);
                } else {
                    faulty.crashAfterStep(step);
                }
                shop.run();

                try (ObjectStore afterwards = store(name); var objects = afterwards.list("db/")) {
                    List<String> keys = objects.map(object -> object.key()).toList();
                    assertThat(keys.stream().anyMatch(key -> key.endsWith("manifest.json"))).as(name + keys)
                            .isEqualTo(keys.size() == 3);
                }
            }
        }
    }

    @Test
    void requests_that_can_not_be_carried_out_are_answered_with_what_can() {
        Workshop shop = new Workshop(source).file("one", folder.resolve("one"));

        assertRefused(shop, new BackupRequested("warehouse", null, null, null, null, null, null, null), "unknown-database",
                "shop");
        assertRefused(shop, new BackupRequested(Workshop.ALIAS, null, List.of("tape"), null, null, null, null, null),
                "unknown-repository", "one");
        assertRefused(shop, new BackupRequested(Workshop.ALIAS, "base", null, null, null, null, null, null),
                "kind-not-supported", "dump");
        assertRefused(shop, new BackupRequested(Workshop.ALIAS, null, null, null, null, null, null, Instant.EPOCH),
                "deadline-passed", "1970");
        Event<BackupRequested> asked = shop.request(new BackupRequested(Workshop.ALIAS, null, null, null, null, null, null, null));
        BackupFailed far = (BackupFailed) shop.run(new Event<>(asked.id(), asked.source(), null, Instant.parse("9999-12-31T23:59:59Z"),
                asked.correlationId(), null, asked.data())).data();
        assertThat(far.code()).isEqualTo("time-out-of-range");
        assertThat(far.reason()).contains("9999-12-31T23:59:59Z", "accepted: 2000-01-01T00:00:00Z to ");
        assertThat(far.backupId()).isNull();
        assertThat(shop.beats).isEmpty();
    }

    private static void assertRefused(Workshop shop, BackupRequested request, String code, String mentioned) {
        BackupFailed failed = (BackupFailed) shop.run(shop.request(request)).data();
        assertThat(failed.code()).isEqualTo(code);
        assertThat(failed.reason()).contains(mentioned);
        assertThat(failed.phase()).isEqualTo("claim");
        assertThat(failed.failureKind()).isEqualTo("permanent");
    }

    static void assertSameBytes(Workshop shop, String one, String other) throws IOException {
        assertThat(shop.keys(one)).isNotEmpty().isEqualTo(shop.keys(other));
        for (String key : shop.keys(one)) {
            try (InputStream left = shop.stores.get(one).read(key, 0); InputStream right = shop.stores.get(other).read(key, 0)) {
                assertThat(right.readAllBytes()).as(key).isEqualTo(left.readAllBytes());
            }
        }
    }

    private static S3Store s3(S3Server.Bucket bucket, String name) {
        return S3Store.open(new S3Settings(name, "", Optional.of(bucket.region()), Optional.of(bucket.endpoint()), true,
                Optional.empty(), S3Settings.Checksums.WHEN_SUPPORTED, Optional.of(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(bucket.accessKey(), bucket.secretKey()))), 5 << 20));
    }

    private ObjectStore store(String name) throws IOException {
        return FileStore.at(Files.createDirectories(folder.resolve(name)));
    }

    private void assertNoTemporaryFiles(String name) throws IOException {
        try (var files = Files.walk(folder.resolve(name))) {
            assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).toList())
                    .containsExactly("repository.json");
        }
    }
}
