package dev.holdfast.repository.store;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A bucket, or a prefix in one, and how to reach it.
 *
 * @param prefix        without slashes at its ends; empty for the whole bucket
 * @param region        empty: from the environment, as AWS tools find it
 * @param endpoint      empty: AWS
 * @param pathStyle     {@code endpoint/bucket/key} instead of {@code bucket.endpoint/key}
 * @param caCertificate PEM file of the authorities to trust instead of Java's
 * @param checksums     how uploads are protected; see {@link Checksums}
 * @param credentials   empty: AWS' default chain
 * @param partBytes     size of a multipart upload's parts, 5 MiB to 1 GiB; an upload holds one in memory
 */
public record S3Settings(String bucket, String prefix, Optional<String> region, Optional<URI> endpoint,
        boolean pathStyle, Optional<Path> caCertificate, Checksums checksums,
        Optional<AwsCredentialsProvider> credentials, int partBytes) {

    /** 32 GiB, the default size of a stored object, are 512 of these; some stores take 1,000 parts at most. */
    public static final int DEFAULT_PART_BYTES = 64 << 20;

    /** Whether uploads carry SHA-256 headers, or only the older means for stores that refuse those. */
    public enum Checksums { WHEN_SUPPORTED, WHEN_REQUIRED }

    public S3Settings {
        Objects.requireNonNull(bucket, "bucket");
        prefix = prefix.replaceAll("^/+|/+$", "");
        if (partBytes < 5 << 20 || partBytes > 1 << 30) {
            throw new IllegalArgumentException("a part has 5 MiB to 1 GiB, not " + partBytes + " bytes");
        }
    }

    /** Without credentials. */
    @Override
    public String toString() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix) + endpoint.map(uri -> " at " + uri).orElse("");
    }
}
