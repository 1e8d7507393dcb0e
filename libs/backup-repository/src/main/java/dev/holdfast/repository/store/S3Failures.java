package dev.holdfast.repository.store;

import dev.holdfast.failure.FailureKind;

import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLException;

/**
 * What an S3 store's refusal means to the operator. Messages take the store's code and status, never its text, which
 * may repeat parts of the request such as the access key.
 */
final class S3Failures {

    private static final Pattern EXPECTED_REGION = Pattern.compile("expecting '([a-z0-9-]+)'");

    private final S3Settings settings;

    S3Failures(S3Settings settings) {
        this.settings = settings;
    }

    StoreException of(String doing, SdkException e) {
        return switch (e) {
            case AwsServiceException refused -> refused(doing, refused);
            case AbortedException aborted -> failure(FailureKind.RETRIABLE, "interrupted", doing + " was interrupted",
                    "nothing: the work is taken up again", aborted);
            default -> unreachable(doing, e);
        };
    }

    StoreException missing(String doing, Throwable cause) {
        return failure(FailureKind.PERMANENT, "object-missing", doing + ": there is no such object",
                "use another copy of this backup", cause);
    }

    StoreException exists(String doing, Throwable cause) {
        return failure(FailureKind.PERMANENT, "object-exists",
                doing + ": it exists already, and stored objects are never replaced",
                "nothing, if another run made it; else find out what wrote there", cause);
    }

    private StoreException refused(String doing, AwsServiceException e) {
        String code = Optional.ofNullable(e.awsErrorDetails()).map(AwsErrorDetails::errorCode).orElse("");
        String what = doing + ": " + (code.isEmpty() ? "" : code + ", ") + "HTTP " + e.statusCode();
        Optional<String> region = otherRegion(e);
        if (region.isPresent() || e.statusCode() == 301 || code.equals("AuthorizationHeaderMalformed")) {
            return failure(FailureKind.PERMANENT, "wrong-region", what + "; the bucket '" + settings.bucket() + "' is in "
                    + region.map(name -> "region " + name).orElse("another region") + ", not "
                    + settings.region().orElse("the default one"),
                    region.map(name -> "set the repository's region to " + name).orElse("set the bucket's region"), e);
        }
        if (code.equals("NoSuchBucket")) {
            return failure(FailureKind.PERMANENT, "bucket-missing", what + "; there is no bucket '" + settings.bucket()
                    + "'", "create the bucket, or correct its name or the endpoint", e);
        }
        if (code.equals("NoSuchKey")) {
            return missing(doing, e);
        }
        if (e.statusCode() == 412) {
            return exists(doing, e);
        }
        if (e.statusCode() == 401 || e.statusCode() == 403) {
            return failure(FailureKind.PERMANENT, "store-denied", what,
                    "grant these credentials the action in the bucket's policy, or correct them", e);
        }
        if (e.statusCode() == 507) {
            return failure(FailureKind.PERMANENT, "disk-full", what, "enlarge the store or the bucket's quota", e);
        }
        if (e.isThrottlingException() || e.statusCode() == 503 || e.statusCode() == 429) {
            return failure(FailureKind.RETRIABLE, "store-throttled", what,
                    "nothing, unless it lasts: then lower what runs at once", e);
        }
        if (e.statusCode() >= 500 || e.statusCode() == 409 || e.statusCode() == 408 || e.isClockSkewException()
                || code.equals("RequestTimeout")) {
            return failure(FailureKind.RETRIABLE, "store-failed", what, "check the store and this machine's clock", e);
        }
        return failure(FailureKind.PERMANENT, "store-refused", what,
                "check endpoint, path style, and checksums (try when-required for stores that refuse newer ones)", e);
    }

    private Optional<String> otherRegion(AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        if (details == null || e.statusCode() != 301 && e.statusCode() != 400) {
            return Optional.empty();
        }
        Optional<String> header = Optional.ofNullable(details.sdkHttpResponse())
                .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"));
        return header.or(() -> {
            Matcher expected = EXPECTED_REGION.matcher(String.valueOf(details.errorMessage()));
            return expected.find() ? Optional.of(expected.group(1)) : Optional.empty();
        }).filter(region -> !region.equals(settings.region().orElse("")));
    }

    private StoreException unreachable(String doing, SdkException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return failure(FailureKind.PERMANENT, "store-untrusted", doing + ": TLS failed, " + cause.getMessage(),
                        "set the repository's ca-certificate to the authority that signed the store's", e);
            }
        }
        String text = String.valueOf(e.getMessage());
        if (e instanceof SdkClientException && text.contains("credentials")) {
            return failure(FailureKind.PERMANENT, "store-denied", doing + ": there are no credentials",
                    "set the repository's access and secret key, or AWS' own variables", e);
        }
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return failure(FailureKind.RETRIABLE, "store-unreachable",
                doing + " at " + settings.endpoint().map(Object::toString).orElse("AWS") + ": "
                        + root.getClass().getSimpleName() + " " + root.getMessage(),
                "check the endpoint, the network and the store", e);
    }

    private static StoreException failure(FailureKind kind, String code, String message, String next, Throwable cause) {
        return new StoreException(kind, code, message, next, cause);
    }
}
