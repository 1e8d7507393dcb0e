package dev.holdfast.repository.store;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A single put for what fits into one part, else a multipart upload of equal parts (some stores demand equal ones). */
final class S3Upload implements ObjectUpload {

    private static final String TYPE = "application/octet-stream";

    private final S3Store store;
    private final S3Client client;
    private final String key;
    private final boolean sha256;
    private final PartBuffer buffer;
    private final List<PartBuffer.Sums> sums = new ArrayList<>();
    private final List<CompletedPart> parts = new ArrayList<>();
    private String uploadId;
    private boolean done;

    S3Upload(S3Store store, S3Client client, String key, S3Settings settings) {
        this.store = store;
        this.client = client;
        this.key = key;
        this.sha256 = settings.checksums() == S3Settings.Checksums.WHEN_SUPPORTED;
        this.buffer = new PartBuffer(settings.partBytes());
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        requireOpen();
        int taken = 0;
        while (taken < length) {
            if (buffer.isFull()) {
                sendPart();
            }
            taken += buffer.write(bytes, offset + taken, length - taken);
        }
    }

    @Override
    public StoredObject commit() {
        requireOpen();
        boolean multipart = uploadId != null;
        if (multipart) {
            sendPart();
            complete();
        } else {
            put();
        }
        return store.confirm(key, new S3Confirmation(List.copyOf(sums), multipart));
    }

    private void put() {
        PartBuffer.Sums content = buffer.sums();
        sums.add(content);
        PutObjectRequest.Builder request = PutObjectRequest.builder().bucket(store.bucket()).key(store.full(key))
                .ifNoneMatch("*").contentType(TYPE);
        if (sha256) {
            request.checksumSHA256(base64(content.sha256()));
        }
        try {
            client.putObject(request.build(),
                    RequestBody.fromContentProvider(buffer::open, buffer.size(), TYPE));
            done = true;
        } catch (SdkException e) {
            settle(e);
        }
    }

    private void sendPart() {
        try {
            if (uploadId == null) {
                CreateMultipartUploadRequest.Builder request = CreateMultipartUploadRequest.builder()
                        .bucket(store.bucket()).key(store.full(key)).contentType(TYPE);
                if (sha256) {
                    request.checksumAlgorithm(ChecksumAlgorithm.SHA256);
                }
                uploadId = client.createMultipartUpload(request.build()).uploadId();
            }
            PartBuffer.Sums content = buffer.sums();
            int number = parts.size() + 1;
            UploadPartRequest.Builder request = UploadPartRequest.builder().bucket(store.bucket())
                    .key(store.full(key)).uploadId(uploadId).partNumber(number);
            CompletedPart.Builder part = CompletedPart.builder().partNumber(number);
            if (sha256) {
                request.checksumSHA256(base64(content.sha256()));
                part.checksumSHA256(base64(content.sha256()));
            }
            String etag = client.uploadPart(request.build(),
                    RequestBody.fromContentProvider(buffer::open, buffer.size(), TYPE)).eTag();
            parts.add(part.eTag(etag).build());
            sums.add(content);
            buffer.clear();
        } catch (SdkException e) {
            throw store.failures().of("uploading part " + (parts.size() + 1) + " of " + store.where(key), e);
        }
    }

    private void complete() {
        try {
            client.completeMultipartUpload(request -> request.bucket(store.bucket()).key(store.full(key))
                    .uploadId(uploadId).ifNoneMatch("*").multipartUpload(upload -> upload.parts(parts)));
            done = true;
        } catch (SdkException e) {
            settle(e);
        }
    }

    /**
     * A refusal because the key is taken. Where the client had to ask again, the first try may have made the object and
     * only its answer been lost: then the confirmation, which compares the content, decides.
     */
    private void settle(SdkException e) {
        String doing = "creating " + store.where(key);
        boolean askedAgain = e.numAttempts() != null && e.numAttempts() > 1;
        boolean taken = e instanceof AwsServiceException refused
                && (refused.statusCode() == 412 || refused.statusCode() == 409 && store.find(key).isPresent());
        boolean gone = e instanceof NoSuchUploadException && askedAgain && store.find(key).isPresent();
        if ((taken || gone) && askedAgain) {
            done = true;
            return;
        }
        throw taken ? store.failures().exists(doing, e) : store.failures().of(doing, e);
    }

    @Override
    public void abort() {
        if (done) {
            return;
        }
        done = true;
        if (uploadId != null) {
            store.abort(store.full(key), uploadId);
        }
    }

    @Override
    public void close() {
        abort();
    }

    private void requireOpen() {
        if (done) {
            throw new IllegalStateException("the upload of " + key + " is over");
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
