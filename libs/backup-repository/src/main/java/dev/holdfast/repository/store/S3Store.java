package dev.holdfast.repository.store;

import dev.holdfast.failure.FailureKind;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

import java.io.InputStream;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Objects in an S3 bucket or below a prefix of it. Creates carry {@code If-None-Match: *}; small ones are one put,
 * others a multipart upload with one part in memory; each is confirmed by asking the store for size and checksum.
 */
public final class S3Store implements ObjectStore {

    private final S3Settings settings;
    private final S3Client client;
    private final S3Failures failures;
    private final String root;

    private S3Store(S3Settings settings, S3Client client) {
        this.settings = settings;
        this.client = client;
        this.failures = new S3Failures(settings);
        this.root = settings.prefix().isEmpty() ? "" : settings.prefix() + "/";
    }

    /**
     * Prepares a client; nothing is sent yet.
     *
     * @throws StoreException code {@code store-misconfigured} or {@code ca-certificate-invalid}
     */
    public static S3Store open(S3Settings settings) {
        return new S3Store(settings, S3Clients.build(settings));
    }

    @Override
    public String location() {
        return "s3://" + settings.bucket() + (settings.prefix().isEmpty() ? "" : "/" + settings.prefix());
    }

    @Override
    public ObjectUpload create(String key) {
        return new S3Upload(this, client, Keys.checked(key), settings);
    }

    @Override
    public StoredObject create(String key, byte[] content) {
        try (ObjectUpload upload = create(key)) {
            upload.write(content, 0, content.length);
            return upload.commit();
        }
    }

    @Override
    public Optional<StoredObject> find(String key) {
        return head(Keys.checked(key)).map(head -> object(key, head));
    }

    @Override
    public InputStream read(String key, long offset) {
        String doing = "reading " + where(Keys.checked(key));
        GetObjectRequest.Builder request = GetObjectRequest.builder().bucket(bucket()).key(full(key));
        if (offset > 0) {
            request.range("bytes=" + offset + "-");
        }
        try {
            return new S3Read(client.getObject(request.build()), failures, doing);
        } catch (AwsServiceException e) {
            // An offset at the end is the empty rest, on every store.
            if (e.statusCode() == 416 && find(key).filter(object -> object.size() == offset).isPresent()) {
                return InputStream.nullInputStream();
            }
            throw failures.of(doing, e);
        } catch (SdkException e) {
            throw failures.of(doing, e);
        }
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        ListObjectsV2Request request = ListObjectsV2Request.builder().bucket(bucket()).prefix(root + prefix).build();
        S3Pages pages = new S3Pages(client, request, failures, "listing " + location() + "/" + prefix, root);
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(pages,
                Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    @Override
    public void delete(String key) {
        try {
            client.deleteObject(request -> request.bucket(bucket()).key(full(Keys.checked(key))));
        } catch (SdkException e) {
            throw failures.of("deleting " + where(key), e);
        }
    }

    @Override
    public int purgeDeleted(String prefix) {
        return new S3Versions(client, failures, bucket()).purge(root + prefix, "removing the old versions below " + where(prefix));
    }

    @Override
    public int abortUploads(String prefix) {
        int aborted = 0;
        try {
            for (ListMultipartUploadsResponse page : client.listMultipartUploadsPaginator(
                    request -> request.bucket(bucket()).prefix(root + prefix))) {
                for (MultipartUpload upload : page.uploads()) {
                    // Not every store filters by the prefix that it was given.
                    if (upload.key().startsWith(root + prefix)) {
                        abort(upload.key(), upload.uploadId());
                        aborted++;
                    }
                }
            }
        } catch (SdkException e) {
            throw failures.of("listing the uploads below " + where(prefix), e);
        }
        return aborted;
    }

    /** Writing is proven by an upload that is begun and aborted: this role may not be allowed to delete. */
    @Override
    public void check(boolean writing) {
        try {
            client.listObjectsV2(request -> request.bucket(bucket()).prefix(root).maxKeys(1));
        } catch (SdkException e) {
            throw failures.of("listing " + location(), e);
        }
        if (writing) {
            String probe = root + "check-" + UUID.randomUUID();
            try {
                abort(probe, client.createMultipartUpload(request -> request.bucket(bucket()).key(probe)).uploadId());
            } catch (SdkException e) {
                throw failures.of("beginning an upload to " + location(), e);
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }

    String bucket() {
        return settings.bucket();
    }

    String full(String key) {
        return root + key;
    }

    String where(String key) {
        return location() + "/" + key;
    }

    S3Failures failures() {
        return failures;
    }

    void abort(String fullKey, String uploadId) {
        try {
            client.abortMultipartUpload(request -> request.bucket(bucket()).key(fullKey).uploadId(uploadId));
        } catch (AwsServiceException e) {
            if (e.statusCode() != 404) {
                throw failures.of("aborting the upload of s3://" + bucket() + "/" + fullKey, e);
            }
        } catch (SdkException e) {
            throw failures.of("aborting the upload of s3://" + bucket() + "/" + fullKey, e);
        }
    }

    StoredObject confirm(String key, S3Confirmation written) {
        HeadObjectResponse head = head(key).orElseThrow(() -> new StoreException(FailureKind.RETRIABLE,
                "object-not-confirmed", "creating " + where(key) + ": the store said done, and the object is absent",
                "check the store's health; the next attempt writes a new object", null));
        written.require(head, where(key), () -> read(key, 0));
        return object(key, head);
    }

    private Optional<HeadObjectResponse> head(String key) {
        try {
            return Optional.of(client.headObject(request -> request.bucket(bucket()).key(full(key))
                    .checksumMode(ChecksumMode.ENABLED)));
        } catch (AwsServiceException e) {
            if (e.statusCode() == 404) {
                requireBucket(key);
                return Optional.empty();
            }
            throw failures.of("looking for " + where(key), e);
        } catch (SdkException e) {
            throw failures.of("looking for " + where(key), e);
        }
    }

    /** The answer to HEAD has no body, so "no such object" and "no such bucket" look alike. */
    private void requireBucket(String key) {
        try {
            client.listObjectsV2(request -> request.bucket(bucket()).prefix(full(key)).maxKeys(1));
        } catch (SdkException e) {
            throw failures.of("looking for " + where(key), e);
        }
    }

    private static StoredObject object(String key, HeadObjectResponse head) {
        String checksum = head.checksumSHA256() != null ? "sha256:" + head.checksumSHA256()
                : head.eTag() != null ? "etag:" + head.eTag().replace("\"", "") : null;
        return new StoredObject(key, head.contentLength(), checksum, head.lastModified());
    }
}
