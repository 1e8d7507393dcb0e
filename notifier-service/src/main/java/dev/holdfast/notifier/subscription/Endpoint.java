package dev.holdfast.notifier.subscription;

import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Where a subscriber listens.
 *
 * @param url          asked at every delivery, since it may be a secret that is rotated; shown nowhere
 * @param timeout      for one try, from connecting to the end of the answer
 * @param allowPrivate whether its host may have an address that isn't public
 */
public record Endpoint(Supplier<URI> url, Format format, Duration timeout, boolean allowPrivate) {

    /** What is posted. */
    public enum Format {
        /** The event as it is, signed. */
        CLOUDEVENTS,
        /** A message for an incoming webhook of Slack, whose URL is the secret. */
        SLACK
    }

    @Override
    public String toString() {
        return "Endpoint[" + format + "]";
    }
}
