package dev.holdfast.repository.store;

import static dev.holdfast.repository.store.ObjectStoreContract.LARGE;
import static dev.holdfast.repository.store.ObjectStoreContract.bytes;
import static dev.holdfast.repository.store.ObjectStoreContract.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.S3Server;

import java.io.IOException;
import java.io.InputStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code checksums: when-required}, for stores that refuse the newer headers: confirmed by the MD5 in the ETag. */
@ExtendWith(S3Server.class)
class S3StoreWithoutNewChecksumsIT {

    private S3Front front;
    private S3Store store;

    @BeforeEach
    void open(S3Server.Bucket bucket) {
        front = S3Front.start(bucket.endpoint());
        store = S3Store.open(S3StoreIT.settings(bucket, front.endpoint(), S3Settings.Checksums.WHEN_REQUIRED));
    }

    @AfterEach
    void close() {
        store.close();
        front.close();
    }

    @Test
    void no_request_carries_a_newer_checksum() throws IOException {
        front.answer(request -> request.headers().stream().anyMatch(name -> name.startsWith("x-amz-checksum")
                || name.startsWith("x-amz-sdk-checksum") || name.startsWith("x-amz-trailer")) && !request.method()
                        .equals("HEAD") && !request.method().equals("GET"),
                new S3Front.Answer(400, "", "<Error><Code>InvalidArgument</Code></Error>"));
        for (int size : new int[] {0, 1000, LARGE}) {
            upload("object-" + size, bytes(size));
            try (InputStream in = store.read("object-" + size, 0)) {
                assertThat(in.readAllBytes()).isEqualTo(bytes(size));
            }
        }
    }

    @Test
    void a_taken_key_is_still_refused() {
        upload("taken", new byte[] {1});
        fails("object-exists", () -> upload("taken", new byte[] {2}));
    }

    @Test
    void a_store_that_changed_the_bytes_is_found_out() {
        front.corruptBodies();
        fails("object-not-confirmed", () -> upload("small", bytes(70_000)));
        fails("object-not-confirmed", () -> upload("large", bytes(LARGE)));
    }

    private void upload(String key, byte[] content) {
        try (ObjectUpload upload = store.create(key)) {
            upload.write(content, 0, content.length);
            upload.commit();
        }
    }
}
