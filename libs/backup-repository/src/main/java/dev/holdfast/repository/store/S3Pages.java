package dev.holdfast.repository.store;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A listing, page by page, in the key order of the store (UTF-8 bytes). */
final class S3Pages implements Iterator<StoredObject> {

    private final S3Client client;
    private final S3Failures failures;
    private final String doing;
    private final String root;
    private ListObjectsV2Request next;
    private Iterator<S3Object> page = Collections.emptyIterator();

    S3Pages(S3Client client, ListObjectsV2Request first, S3Failures failures, String doing, String root) {
        this.client = client;
        this.next = first;
        this.failures = failures;
        this.doing = doing;
        this.root = root;
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && next != null) {
            try {
                ListObjectsV2Response response = client.listObjectsV2(next);
                page = response.contents().iterator();
                next = Boolean.TRUE.equals(response.isTruncated()) && response.nextContinuationToken() != null
                        ? next.toBuilder().continuationToken(response.nextContinuationToken()).build() : null;
            } catch (SdkException e) {
                throw failures.of(doing, e);
            }
        }
        return page.hasNext();
    }

    @Override
    public StoredObject next() {
        if (!hasNext()) {
            throw new NoSuchElementException(doing);
        }
        S3Object object = page.next();
        return new StoredObject(object.key().substring(root.length()), object.size(), null, object.lastModified());
    }
}
