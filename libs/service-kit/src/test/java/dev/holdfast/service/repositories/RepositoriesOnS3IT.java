package dev.holdfast.service.repositories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.store.PrivateAuthority;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.TestConfigs;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.testkit.S3Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the words in holdfast.yml to objects in a bucket. */
@ExtendWith(S3Server.class)
class RepositoriesOnS3IT {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"when-supported", "when-required"})
    void a_section_of_the_file_is_a_repository_that_writes_and_lists(String checksums) throws IOException {
        S3Server.Bucket bucket = S3Server.newBucket();
        try (Repositories repositories = open(bucket.endpoint().toString(), bucket.name(), "checksums: " + checksums)) {
            Repository cloud = repositories.get("cloud");
            assertThat(cloud.location()).isEqualTo("s3://" + bucket.name() + "/some/prefix");
            StoredBackups backups = new StoredBackups(cloud);
            ManifestDocument older = backups.add("shop", Instant.parse("2026-02-03T02:00:00Z"));
            ManifestDocument newer = backups.add("shop", Instant.parse("2026-02-04T02:00:00Z"));
            assertThat(cloud.catalog().aliases()).containsExactly("shop");
            assertThat(cloud.catalog().backups("shop")).containsExactly(newer.id(), older.id());
            assertThat(cloud.reader().manifest("shop", older.id()).sha256()).isEqualTo(older.sha256());
        }
    }

    @Test
    void a_missing_bucket_is_named_with_what_to_do(S3Server.Bucket bucket) throws IOException {
        try (Repositories repositories = open(bucket.endpoint().toString(), "no-such-bucket", "")) {
            Repository cloud = repositories.get("cloud");
            for (Runnable act : List.<Runnable>of(cloud::check, cloud::exists, () -> cloud.writer().prepare(),
                    () -> cloud.catalog().backups("shop"))) {
                assertThatExceptionOfType(HoldfastException.class).isThrownBy(act::run).satisfies(e -> {
                    assertThat(e.code()).isEqualTo("bucket-missing");
                    assertThat(e).hasMessageContaining("there is no bucket 'no-such-bucket'");
                    assertThat(e.nextStep()).contains("create the bucket");
                });
            }
        }
    }

    @Test
    void its_own_authority_path_style_and_the_keys_behind_the_references_are_used() throws Exception {
        List<String> requests = new CopyOnWriteArrayList<>();
        try (PrivateAuthority server = PrivateAuthority.serve(folder, exchange -> {
            requests.add(exchange.getRequestURI().getPath() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            answer(exchange);
        })) {
            String endpoint = server.endpoint().toString();
            try (Repositories repositories = open(endpoint, "private", "ca-certificate: " + server.certificate())) {
                repositories.get("cloud").check();
                assertThat(requests).isNotEmpty().allSatisfy(request -> assertThat(request).startsWith("/private")
                        .contains("Credential=access-of-the-environment/", "/eu-central-1/s3/").doesNotContain("secret-of-the-file"));
            }
            requests.clear();
            try (Repositories repositories = open(endpoint, "private", "")) {
                assertThatExceptionOfType(HoldfastException.class).isThrownBy(() -> repositories.get("cloud").check())
                        .satisfies(e -> assertThat(e.code()).isEqualTo("store-untrusted"));
                assertThat(requests).isEmpty();
            }
        }
    }

    @Test
    void a_key_that_cannot_be_read_is_named_by_its_reference(S3Server.Bucket bucket) throws IOException {
        HoldfastConfig config = config(bucket.endpoint().toString(), bucket.name(), "");
        assertThatExceptionOfType(HoldfastException.class)
                .isThrownBy(() -> Repositories.open(config, new Secrets(config, ServiceRole.RETENTION, Map.of())).close())
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo("secret-unreadable");
                    assertThat(e).hasMessageContaining("S3_ACCESS");
                });
    }

    private Repositories open(String endpoint, String bucket, String more) throws IOException {
        HoldfastConfig config = config(endpoint, bucket, more);
        return Repositories.open(config, new Secrets(config, ServiceRole.RETENTION, Map.of("S3_ACCESS", "access-of-the-environment")));
    }

    private HoldfastConfig config(String endpoint, String bucket, String more) throws IOException {
        Files.writeString(folder.resolve("s3-secret"), "secret-of-the-file\n");
        return TestConfigs.read(folder, """
                kafka: {bootstrap-servers: "none:1"}
                repositories:
                  cloud:
                    type: s3
                    bucket: %s
                    prefix: some/prefix
                    region: eu-central-1
                    endpoint: %s
                    path-style: true
                    access-key: {env: S3_ACCESS}
                    secret-key: {file: s3-secret}
                    %s
                databases:
                  shop: {user: backup, encryption: none}
                """.formatted(bucket, endpoint, more));
    }

    private static void answer(HttpExchange exchange) throws IOException {
        boolean listing = String.valueOf(exchange.getRequestURI().getQuery()).contains("list-type");
        byte[] body = (listing ? "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
                : "<Error><Code>NoSuchKey</Code></Error>").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(listing ? 200 : 404, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
