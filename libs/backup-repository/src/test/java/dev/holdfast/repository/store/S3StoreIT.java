package dev.holdfast.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.testkit.FreePort;
import dev.holdfast.testkit.S3Server;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Through {@link S3Front}, which makes S3Mock's check of {@code If-None-Match} and the write that follows one step, as
 * they are in S3.
 */
@ExtendWith(S3Server.class)
class S3StoreIT extends ObjectStoreContract {

    private S3Settings settings;
    private S3Store store;
    private S3Front front;

    @BeforeEach
    void open(S3Server.Bucket bucket) {
        front = S3Front.start(bucket.endpoint());
        settings = settings(bucket, front.endpoint(), S3Settings.Checksums.WHEN_SUPPORTED);
        store = S3Store.open(settings);
    }

    @AfterEach
    void close() {
        store.close();
        front.close();
    }

    /**
     * S3Mock 5.2.0 deletes the standing object when an upload to its key is aborted, which S3 does not: here the abort is
     * answered before it gets there, so that what stands can be read, and then sent once more for the debris.
     */
    @Test
    @Override
    void a_large_upload_replaces_nothing_either() throws java.io.IOException {
        store.create("taken", bytes(70_000));
        List<String> aborted = new java.util.concurrent.CopyOnWriteArrayList<>();
        front.answer(request -> request.method().equals("DELETE") && request.query().contains("uploadId=") && aborted.add(request.query()),
                new S3Front.Answer(204, "", ""));
        fails("object-exists", () -> upload("taken", bytes(LARGE)));
        assertThat(read("taken", 0)).isEqualTo(bytes(70_000));
        assertThat(aborted).hasSize(1);
        front.passOn();
        fails("object-exists", () -> upload("taken", bytes(LARGE)));
        assertThat(debris()).as("only the upload whose abort never got there").isEqualTo(1);
    }

    @Test
    void a_part_that_the_store_refuses_fails_the_upload_and_leaves_nothing() {
        front.answer(request -> request.query().contains("partNumber=2"),
                new S3Front.Answer(403, "", "<Error><Code>AccessDenied</Code></Error>"));
        StoreException failure = fails("store-denied", () -> upload("failing", bytes(LARGE)));
        assertThat(failure).hasMessageContaining("part 2");
        assertThat(keys("")).isEmpty();
        assertThat(debris()).isZero();
    }

    @Test
    void a_part_that_fails_once_is_sent_again() throws java.io.IOException {
        front.answerOnce(request -> request.query().contains("partNumber=2"),
                new S3Front.Answer(500, "", "<Error><Code>InternalError</Code></Error>"));
        upload("again", bytes(LARGE));
        assertThat(read("again", 0)).isEqualTo(bytes(LARGE));
    }

    @Test
    void a_store_that_goes_on_failing_is_worth_another_try_later_and_keeps_nothing() {
        front.answer(request -> request.query().contains("partNumber=2"),
                new S3Front.Answer(500, "", "<Error><Code>InternalError</Code></Error>"));
        assertThat(fails("store-failed", () -> upload("failing", bytes(LARGE))).kind()).isEqualTo(FailureKind.RETRIABLE);
        assertThat(keys("")).isEmpty();
        assertThat(debris()).isZero();
    }

    @Test
    void a_body_that_is_cut_off_on_its_way_back_fails_the_read_and_is_no_shorter_object() throws java.io.IOException {
        upload("cut", bytes(LARGE));
        front.cutAnswerOnce(request -> request.method().equals("GET"));
        assertThatExceptionOfType(java.io.IOException.class).isThrownBy(() -> read("cut", 0));
        assertThat(read("cut", 0)).isEqualTo(bytes(LARGE));
    }

    @Test
    void a_put_whose_answer_was_lost_is_still_ours() throws java.io.IOException {
        front.loseAnswerOnce(request -> request.method().equals("PUT"));
        assertThat(store.create("answered-late", bytes(1000)).size()).isEqualTo(1000);
        assertThat(read("answered-late", 0)).isEqualTo(bytes(1000));
    }

    @Test
    void a_store_that_changed_the_bytes_is_found_out() {
        front.corruptBodies();
        fails("object-not-confirmed", () -> store.create("small", bytes(70_000)));
        fails("object-not-confirmed", () -> upload("large", bytes(LARGE)));
    }

    @Test
    void a_store_that_says_done_and_has_nothing_is_found_out() {
        front.answer(request -> request.method().equals("PUT"), new S3Front.Answer(200, "ETag: \"x\"", ""));
        fails("object-not-confirmed", () -> store.create("absent", bytes(70_000)));
    }

    @Test
    void the_bucket_s_own_region_is_named() {
        front.answer(request -> true, new S3Front.Answer(400, "x-amz-bucket-region: eu-central-1",
                "<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the "
                        + "region 'us-east-1' is wrong; expecting 'eu-central-1'</Message></Error>"));
        assertThat(fails("wrong-region", () -> store.check(false))).hasMessageContaining("eu-central-1")
                .hasMessageContaining("us-east-1");
        front.answer(request -> true, new S3Front.Answer(301, "x-amz-bucket-region: eu-central-1", ""));
        assertThat(fails("wrong-region", () -> store.find("object")).nextStep()).contains("eu-central-1");
    }

    @Test
    void a_denied_act_names_bucket_and_key_and_no_credential() {
        front.answer(request -> true, new S3Front.Answer(403, "", "<Error><Code>InvalidAccessKeyId</Code><Message>The "
                + "AWS Access Key Id test-access-key does not exist</Message></Error>"));
        StoreException failure = fails("store-denied", () -> store.create("some/object", new byte[] {1}));
        assertThat(failure).hasMessageContaining(settings.bucket()).hasMessageContaining("some/object");
        assertThat(failure.getMessage() + failure.nextStep()).doesNotContain("test-access-key");
    }

    @Test
    void a_throttling_store_is_worth_another_try() {
        front.answer(request -> true, new S3Front.Answer(503, "", "<Error><Code>SlowDown</Code></Error>"));
        assertThat(fails("store-throttled", () -> store.check(false)).kind())
                .isEqualTo(FailureKind.RETRIABLE);
    }

    @Test
    void a_bucket_without_space_is_full() {
        front.answer(request -> true, new S3Front.Answer(507, "", "<Error><Code>XMinioStorageFull</Code></Error>"));
        fails("disk-full", () -> store.create("object", new byte[] {1}));
    }

    @Override
    void fill(String pattern, int count) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8); S3Client client = S3Clients.build(settings)) {
            List<Future<?>> running = new ArrayList<>();
            IntStream.range(0, count).forEach(number -> running.add(threads.submit(() -> client.putObject(
                    request -> request.bucket(settings.bucket()).key("some/prefix/" + pattern.formatted(number)),
                    RequestBody.fromBytes(new byte[] {1})))));
            for (Future<?> one : running) {
                one.get();
            }
        }
    }

    static S3Settings settings(S3Server.Bucket bucket, URI endpoint, S3Settings.Checksums checksums) {
        return new S3Settings(bucket.name(), "some/prefix", Optional.of(bucket.region()), Optional.of(endpoint), true,
                Optional.empty(), checksums, Optional.of(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(bucket.accessKey(), bucket.secretKey()))), 5 << 20);
    }

    @Override
    ObjectStore store() {
        return store;
    }

    @Override
    int debris() {
        try (S3Client client = S3Clients.build(settings)) {
            return client.listMultipartUploads(request -> request.bucket(settings.bucket())).uploads().size();
        }
    }

    @Test
    void what_lies_outside_the_prefix_is_not_seen() {
        try (S3Client client = S3Clients.build(settings)) {
            client.putObject(request -> request.bucket(settings.bucket()).key("some/prefix-not/object"),
                    RequestBody.fromString("x"));
        }
        store.create("object", new byte[] {1});
        assertThat(keys("")).containsExactly("object");
    }

    @Test
    void a_missing_bucket_is_named_by_every_act() {
        try (S3Store missing = S3Store.open(new S3Settings("no-such-bucket", "", settings.region(),
                settings.endpoint(), true, Optional.empty(), S3Settings.Checksums.WHEN_SUPPORTED, settings.credentials(), 5 << 20))) {
            List<StoreException> failures = List.of(fails("bucket-missing", () -> missing.check(false)),
                    fails("bucket-missing", () -> missing.find("object")),
                    fails("bucket-missing", () -> missing.create("object", new byte[] {1})),
                    fails("bucket-missing", () -> list(missing)));
            assertThat(failures).allSatisfy(failure -> assertThat(failure).hasMessageContaining("no-such-bucket"));
        }
    }

    @Test
    void a_store_that_is_not_there_is_unreachable_and_worth_another_try() {
        URI nowhere = URI.create("http://127.0.0.1:" + FreePort.find());
        try (S3Store absent = S3Store.open(new S3Settings("bucket", "", settings.region(), Optional.of(nowhere), true,
                Optional.empty(), S3Settings.Checksums.WHEN_SUPPORTED, settings.credentials(), 5 << 20))) {
            StoreException failure = fails("store-unreachable", () -> absent.check(false));
            assertThat(failure.kind()).isEqualTo(FailureKind.RETRIABLE);
            assertThat(failure).hasMessageContaining(nowhere.toString());
        }
    }

    @Test
    void credentials_are_in_no_text() {
        assertThat(settings.toString() + store).doesNotContain("test-access-key", "test-secret-key");
    }

    private static void list(S3Store store) {
        try (Stream<StoredObject> objects = store.list("")) {
            assertThat(objects.count()).isZero();
        }
    }
}
