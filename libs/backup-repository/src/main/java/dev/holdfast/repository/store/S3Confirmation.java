package dev.holdfast.repository.store;

import dev.holdfast.failure.FailureKind;

import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;

/**
 * Whether the store holds the bytes that were written. Its SHA-256 decides where it keeps one; an equal ETag of the MD5
 * form is as good; an ETag that differs proves nothing (encrypted buckets have their own form), so then the object is
 * read back, whole.
 */
record S3Confirmation(List<PartBuffer.Sums> parts, boolean multipart) {

    long size() {
        return parts.stream().mapToLong(PartBuffer.Sums::size).sum();
    }

    /** The store's checksum of a single put, or the checksum of checksums of a multipart one. */
    String sha256() {
        return multipart
                ? Base64.getEncoder().encodeToString(ofAll("SHA-256", PartBuffer.Sums::sha256)) + "-" + parts.size()
                : Base64.getEncoder().encodeToString(parts.getFirst().sha256());
    }

    private String etag() {
        return multipart
                ? HexFormat.of().formatHex(ofAll("MD5", PartBuffer.Sums::md5)) + "-" + parts.size()
                : HexFormat.of().formatHex(parts.getFirst().md5());
    }

    /** @throws StoreException code {@code object-not-confirmed} */
    void require(HeadObjectResponse head, String where, Supplier<InputStream> readBack) {
        if (head.contentLength() != size()) {
            throw lied(where, size() + " bytes", head.contentLength() + " bytes");
        }
        if (head.checksumSHA256() != null) {
            if (!head.checksumSHA256().equals(sha256())) {
                throw lied(where, "sha256 " + sha256(), "sha256 " + head.checksumSHA256());
            }
            return;
        }
        if (head.eTag() == null || !head.eTag().replace("\"", "").equalsIgnoreCase(etag())) {
            try (InputStream in = readBack.get()) {
                compare(in, where);
            } catch (IOException e) {
                throw new StoreException(FailureKind.RETRIABLE, "object-not-confirmed",
                        "creating " + where + ": reading it back broke off: " + e.getMessage(),
                        "check the network and the store", e);
            }
        }
    }

    private void compare(InputStream in, String where) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (PartBuffer.Sums part : parts) {
            MessageDigest digest = PartBuffer.digest("SHA-256");
            long left = part.size();
            while (left > 0) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    throw lied(where, size() + " bytes", "fewer on reading back");
                }
                digest.update(buffer, 0, count);
                left -= count;
            }
            if (!Arrays.equals(digest.digest(), part.sha256())) {
                throw lied(where, "the bytes written", "other bytes on reading back");
            }
        }
        if (in.read() >= 0) {
            throw lied(where, size() + " bytes", "more on reading back");
        }
    }

    private byte[] ofAll(String algorithm, java.util.function.Function<PartBuffer.Sums, byte[]> sum) {
        MessageDigest digest = PartBuffer.digest(algorithm);
        parts.forEach(part -> digest.update(sum.apply(part)));
        return digest.digest();
    }

    private static StoreException lied(String where, String expected, String found) {
        return new StoreException(FailureKind.RETRIABLE, "object-not-confirmed",
                "creating " + where + ": expected " + expected + ", the store has " + found,
                "check the store's health; the next attempt writes a new object", null);
    }
}
