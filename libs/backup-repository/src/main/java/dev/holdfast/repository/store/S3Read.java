package dev.holdfast.repository.store;

import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

import java.io.FilterInputStream;
import java.io.IOException;

/** A read that is given up early drops its connection instead of fetching the rest of a large object. */
final class S3Read extends FilterInputStream {

    private final ResponseInputStream<GetObjectResponse> response;
    private final S3Failures failures;
    private final String doing;
    private boolean ended;

    S3Read(ResponseInputStream<GetObjectResponse> response, S3Failures failures, String doing) {
        super(response);
        this.response = response;
        this.failures = failures;
        this.doing = doing;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            int count = in.read(bytes, offset, length);
            ended |= count < 0;
            return count;
        } catch (SdkException e) {
            throw failures.of(doing, e);
        }
    }

    @Override
    public void close() throws IOException {
        if (ended) {
            super.close();
        } else {
            response.abort();
        }
    }
}
