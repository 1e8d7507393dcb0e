package dev.holdfast.repository.store;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** In a bucket with versioning a deletion only adds a marker; here what lies behind it goes too. */
final class S3Versions {

    private static final int NOT_IMPLEMENTED = 501;

    private final S3Client client;
    private final S3Failures failures;
    private final String bucket;

    S3Versions(S3Client client, S3Failures failures, String bucket) {
        this.client = client;
        this.failures = failures;
        this.bucket = bucket;
    }

    private record Version(String key, String id, boolean marker) {
    }

    /** Markers go last: while one is there no old version comes to stand again, wherever this stops. */
    int purge(String prefix, String doing) {
        try {
            List<Version> deleted = deleted(prefix);
            deleted.sort(Comparator.comparing(Version::marker));
            for (Version version : deleted) {
                client.deleteObject(request -> request.bucket(bucket).key(version.key()).versionId(version.id()));
            }
            return deleted.size();
        } catch (AwsServiceException e) {
            if (e.statusCode() == NOT_IMPLEMENTED) {
                return 0; // A store without versions keeps none.
            }
            throw failures.of(doing, e);
        } catch (SdkException e) {
            throw failures.of(doing, e);
        }
    }

    private List<Version> deleted(String prefix) {
        List<Version> found = new ArrayList<>();
        Set<String> standing = new HashSet<>();
        for (ListObjectVersionsResponse page : client.listObjectVersionsPaginator(
                request -> request.bucket(bucket).prefix(prefix))) {
            for (ObjectVersion version : page.versions()) {
                found.add(new Version(version.key(), version.versionId(), false));
                if (Boolean.TRUE.equals(version.isLatest())) {
                    standing.add(version.key());
                }
            }
            for (DeleteMarkerEntry marker : page.deleteMarkers()) {
                found.add(new Version(marker.key(), marker.versionId(), true));
            }
        }
        // Not every store filters by the prefix that it was given.
        found.removeIf(version -> !version.key().startsWith(prefix) || standing.contains(version.key()));
        return found;
    }
}
