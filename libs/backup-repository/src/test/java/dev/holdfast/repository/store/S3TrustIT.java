package dev.holdfast.repository.store;

import static dev.holdfast.repository.store.ObjectStoreContract.fails;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A store with a certificate of a private authority, here a server that knows how to list nothing. */
class S3TrustIT {

    @TempDir
    static Path folder;
    private static PrivateAuthority server;

    @BeforeAll
    static void serve() throws Exception {
        server = PrivateAuthority.serve(folder, exchange -> {
            byte[] body = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void its_authority_is_trusted_where_the_configuration_names_it() {
        try (S3Store store = open(Optional.of(server.certificate()))) {
            store.check(false);
        }
    }

    @Test
    void another_authority_is_not_trusted_and_the_next_step_says_what_to_set() {
        try (S3Store store = open(Optional.empty())) {
            assertThat(fails("store-untrusted", () -> store.check(false)).nextStep()).contains("ca-certificate");
        }
    }

    @Test
    void a_file_without_certificates_is_named() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "no certificate");
        for (Path file : List.of(text, Files.createFile(folder.resolve("empty")), folder.resolve("absent"))) {
            assertThat(fails("ca-certificate-invalid", () -> open(Optional.of(file)).close()))
                    .hasMessageContaining(file.toString());
        }
    }

    private static S3Store open(Optional<Path> authority) {
        return S3Store.open(new S3Settings("bucket", "", Optional.of("us-east-1"),
                Optional.of(server.endpoint()), true, authority,
                S3Settings.Checksums.WHEN_SUPPORTED, Optional.of(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create("key", "secret"))), 5 << 20));
    }
}
