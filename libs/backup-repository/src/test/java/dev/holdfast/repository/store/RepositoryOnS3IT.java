package dev.holdfast.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.repository.Expired;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.RepositoryException;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.testkit.S3Server;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;

@ExtendWith(S3Server.class)
class RepositoryOnS3IT {

    private S3Front front;
    private S3Settings settings;
    private S3Store store;
    private Repository repository;

    @BeforeEach
    void open(S3Server.Bucket bucket) {
        front = S3Front.start(bucket.endpoint());
        settings = S3StoreIT.settings(bucket, front.endpoint(), S3Settings.Checksums.WHEN_SUPPORTED);
        store = S3Store.open(settings);
        repository = Repository.open("s3", store);
    }

    @AfterEach
    void close() {
        repository.close();
        front.close();
    }

    @Test
    void a_backup_is_written_proven_and_deleted_without_a_rest() {
        StoredBackups backups = new StoredBackups(repository);
        ManifestDocument kept = backups.add("shop", Instant.parse("2026-02-04T02:00:00Z"));
        ManifestDocument doomed = backups.add("shop", Instant.parse("2026-02-03T02:00:00Z"));
        backups.verify(doomed, "verified", "equal", Instant.parse("2026-02-03T03:00:00Z"));
        assertThat(repository.catalog().backups("shop")).containsExactly(kept.id(), doomed.id());
        assertThat(repository.verifications().proof(doomed, "equal").isVerified()).isTrue();

        Expired expired = repository.expirer().expire(doomed, "age", Clock.systemUTC());

        assertThat(expired.objects()).isEqualTo(3);
        try (Stream<StoredObject> left = store.list("db/shop/" + doomed.id())) {
            assertThat(left).isEmpty();
        }
        assertThat(repository.catalog().backups("shop")).containsExactly(kept.id());
        assertThat(repository.latestLink()).isEmpty();
    }

    @Test
    void in_a_bucket_with_versions_an_expired_backup_leaves_none_and_the_others_keep_theirs() {
        try (S3Client client = S3Clients.build(settings)) {
            client.putBucketVersioning(request -> request.bucket(settings.bucket())
                    .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
            StoredBackups backups = new StoredBackups(repository);
            ManifestDocument kept = backups.add("shop", Instant.parse("2026-02-04T02:00:00Z"));
            ManifestDocument doomed = backups.add("shop", Instant.parse("2026-02-03T02:00:00Z"));
            backups.verify(doomed, "verified", "equal", Instant.parse("2026-02-03T03:00:00Z"));
            List<String> before = versions(client, kept);
            assertThat(versions(client, doomed)).hasSize(3);

            repository.expirer().expire(doomed, "age", Clock.systemUTC());

            assertThat(versions(client, doomed)).isEmpty();
            assertThat(versions(client, kept)).isEqualTo(before).hasSize(2);
            assertThat(repository.catalog().backups("shop")).containsExactly(kept.id());
        }
    }

    @Test
    void a_deletion_that_stopped_before_the_old_versions_were_gone_is_finished() {
        try (S3Client client = S3Clients.build(settings)) {
            client.putBucketVersioning(request -> request.bucket(settings.bucket())
                    .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
            ManifestDocument doomed = new StoredBackups(repository).add("shop", Instant.parse("2026-02-03T02:00:00Z"));
            // Tombstone, manifest, data: the purge is the fourth.
            Repository cut = Repository.open("s3", new FaultyStore(store).crashBeforeStep(4));
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> cut.expirer().expire(doomed, "age", Clock.systemUTC()));
            assertThat(versions(client, doomed)).hasSize(5);
            repository.expirer().unfinished().tombstones().forEach(repository.expirer()::finish);
            assertThat(versions(client, doomed)).isEmpty();
        }
    }

    /** Versions and delete markers. */
    private List<String> versions(S3Client client, ManifestDocument backup) {
        String prefix = settings.prefix() + "/db/shop/" + backup.id();
        return client.listObjectVersionsPaginator(request -> request.bucket(settings.bucket()).prefix(prefix)).stream()
                .flatMap(page -> Stream.concat(
                        page.versions().stream().map(version -> version.key() + "@" + version.versionId()),
                        page.deleteMarkers().stream().map(marker -> marker.key() + "@" + marker.versionId())))
                .sorted().toList();
    }

    @Test
    void a_store_that_ignores_the_condition_is_refused_before_anything_is_written() {
        front.ignoreConditions();
        assertThatExceptionOfType(RepositoryException.class).isThrownBy(() -> repository.writer().prepare())
                .satisfies(e -> assertThat(e.code()).isEqualTo("store-not-conditional"));
        assertThat(repository.catalog().aliases()).isEmpty();
    }
}
