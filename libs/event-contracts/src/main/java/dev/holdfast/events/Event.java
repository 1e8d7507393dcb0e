package dev.holdfast.events;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.UUID;

/**
 * A CloudEvents 1.0 envelope and its payload.
 *
 * @param id            with {@code source} the deduplication key
 * @param source        the service or requester, stable, for example {@code /holdfast/backup-worker}
 * @param subject       the backup's id, or null where there is none yet
 * @param time          when it happened; null only where a decoded request did not say, see {@link #orTime}
 * @param correlationId id of the request that all of this follows from (extension {@code correlationid})
 * @param instance      the running instance that wrote it (extension {@code instance}), or null
 */
public record Event<P extends Payload>(String id, String source, String subject, Instant time, String correlationId,
        String instance, P data) {

    /** What is paused and resumed of all databases at once is kept in order, and forgotten in order, by this key. */
    private static final String ALL_DATABASES = "holdfast";

    /** A new event with a random id that starts a correlation of its own; its subject is the backup or run in {@code data}. */
    public static <P extends Payload> Event<P> of(String source, Instant time, P data) {
        return of(UUID.randomUUID().toString(), source, time, data);
    }

    /** As {@link #of(String, Instant, Payload)} with an id that the caller derived, see {@link #idFrom}. */
    public static <P extends Payload> Event<P> of(String id, String source, Instant time, P data) {
        return new Event<>(id, source, subjectOf(data), time, id, null, data);
    }

    /** A new event with a random id in the correlation of this one. */
    public <Q extends Payload> Event<Q> followedBy(String source, Instant time, Q data) {
        return of(source, time, data).withCorrelationId(correlationId);
    }

    /**
     * An id that is a function of {@code parts} and of nothing else: equal parts give equal ids on every machine. A UUID
     * of version 8 (RFC 9562) from a SHA-256 over the parts, each preceded by its length.
     */
    public static String idFrom(String... parts) {
        MessageDigest digest = sha256();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            digest.update(bytes);
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        long high = hash.getLong() & 0xffffffff_ffff0fffL | 0x8000L;
        long low = hash.getLong() & 0x3fffffff_ffffffffL | 0x80000000_00000000L;
        return new UUID(high, low).toString();
    }

    public EventType type() {
        return EventType.of(data);
    }

    /**
     * The record's key: the alias; {@code alias/backup-id} for the catalog; {@code holdfast} for what is paused or resumed of
     * all databases; null where no database could be told.
     */
    public String key() {
        return switch (data) {
            case CatalogEntry entry -> entry.database() + "/" + entry.backupId();
            case ActivityPaused paused when paused.database() == null -> ALL_DATABASES;
            case ActivityResumed resumed when resumed.database() == null -> ALL_DATABASES;
            default -> data.database();
        };
    }

    /** This event, its time set to {@code fallback} (the record's time on the broker) where it has none. */
    public Event<P> orTime(Instant fallback) {
        return time != null ? this : new Event<>(id, source, subject, fallback, correlationId, instance, data);
    }

    public Event<P> withSubject(String newSubject) {
        return new Event<>(id, source, newSubject, time, correlationId, instance, data);
    }

    public Event<P> withCorrelationId(String newCorrelationId) {
        return new Event<>(id, source, subject, time, newCorrelationId, instance, data);
    }

    public Event<P> withInstance(String newInstance) {
        return new Event<>(id, source, subject, time, correlationId, newInstance, data);
    }

    private static String subjectOf(Payload data) {
        return switch (data) {
            case BackupRequested ignored -> null;
            case AlertRaised alert -> alert.about();
            case AlertResolved alert -> alert.about();
            case ActivityPaused ignored -> null;
            case ActivityResumed ignored -> null;
            case ServiceAlive ignored -> null;
            case RunCancelling e -> e.runId();
            case RunCancelled e -> e.runId();
            case BackupAccepted e -> e.backupId();
            case BackupStarted e -> e.backupId();
            case BackupCompleted e -> e.backupId();
            case BackupFailed e -> e.backupId();
            case BackupVerified e -> e.backupId();
            case BackupUnproven e -> e.backupId();
            case BackupRefuted e -> e.backupId();
            case BackupExpired e -> e.backupId();
            case VerificationRequested e -> e.backupId();
            case VerificationAccepted e -> e.backupId();
            case VerificationStarted e -> e.backupId();
            case CatalogEntry e -> e.backupId();
            case RunDeferred e -> e.runId();
            case RunReleased e -> e.runId();
            case RunProgressed e -> e.runId();
            case DeliveryRequested e -> e.webhookId();
            case DeliverySucceeded e -> e.webhookId();
            case DeliveryDeferred e -> e.webhookId();
            case DeliveryAbandoned e -> e.webhookId();
            case DeliveryRepeated e -> e.webhookId();
        };
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
