package dev.holdfast.events;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every kind of event: its CloudEvents type, its record, its schema file and the topic it belongs on. */
public enum EventType {

    BACKUP_REQUESTED("backup.requested", BackupRequested.class, Topics.BACKUP_REQUESTS),
    BACKUP_ACCEPTED("backup.accepted", BackupAccepted.class, Topics.EVENTS),
    BACKUP_STARTED("backup.started", BackupStarted.class, Topics.EVENTS),
    BACKUP_COMPLETED("backup.completed", BackupCompleted.class, Topics.EVENTS),
    BACKUP_FAILED("backup.failed", BackupFailed.class, Topics.EVENTS),
    BACKUP_VERIFIED("backup.verified", BackupVerified.class, Topics.EVENTS),
    BACKUP_UNPROVEN("backup.unproven", BackupUnproven.class, Topics.EVENTS),
    BACKUP_REFUTED("backup.refuted", BackupRefuted.class, Topics.EVENTS),
    BACKUP_EXPIRED("backup.expired", BackupExpired.class, Topics.EVENTS),
    VERIFICATION_REQUESTED("verification.requested", VerificationRequested.class, Topics.VERIFICATION_REQUESTS),
    VERIFICATION_ACCEPTED("verification.accepted", VerificationAccepted.class, Topics.EVENTS),
    VERIFICATION_STARTED("verification.started", VerificationStarted.class, Topics.EVENTS),
    RUN_DEFERRED("run.deferred", RunDeferred.class, Topics.EVENTS),
    RUN_RELEASED("run.released", RunReleased.class, Topics.EVENTS),
    RUN_CANCELLING("run.cancelling", RunCancelling.class, Topics.EVENTS),
    RUN_CANCELLED("run.cancelled", RunCancelled.class, Topics.EVENTS),
    ACTIVITY_PAUSED("activity.paused", ActivityPaused.class, Topics.EVENTS),
    ACTIVITY_RESUMED("activity.resumed", ActivityResumed.class, Topics.EVENTS),
    RUN_PROGRESSED("run.progressed", RunProgressed.class, Topics.PROGRESS),
    ALERT_RAISED("alert.raised", AlertRaised.class, Topics.EVENTS),
    ALERT_RESOLVED("alert.resolved", AlertResolved.class, Topics.EVENTS),
    SERVICE_ALIVE("service.alive", ServiceAlive.class, Topics.PROGRESS),
    DELIVERY_REQUESTED("delivery.requested", DeliveryRequested.class, Topics.DELIVERIES),
    DELIVERY_SUCCEEDED("delivery.succeeded", DeliverySucceeded.class, Topics.EVENTS),
    DELIVERY_DEFERRED("delivery.deferred", DeliveryDeferred.class, Topics.EVENTS),
    DELIVERY_ABANDONED("delivery.abandoned", DeliveryAbandoned.class, Topics.EVENTS),
    DELIVERY_REPEATED("delivery.repeated", DeliveryRepeated.class, Topics.EVENTS),
    CATALOG_ENTRY("catalog.entry", CatalogEntry.class, Topics.CATALOG);

    static final String PREFIX = "dev.holdfast.";
    static final String SCHEMAS = "dev/holdfast/events/schemas/";

    private static final Map<String, EventType> BY_TYPE =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(EventType::type, Function.identity()));
    private static final Map<Class<?>, EventType> BY_PAYLOAD =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(EventType::payload, Function.identity()));

    private final String shortName;
    private final Class<? extends Payload> payload;
    private final String topic;

    EventType(String shortName, Class<? extends Payload> payload, String topic) {
        this.shortName = shortName;
        this.payload = payload;
        this.topic = topic;
    }

    /** The type without prefix and version, which subscription patterns match: {@code backup.completed}. */
    public String shortName() {
        return shortName;
    }

    /** The CloudEvents type: {@code dev.holdfast.backup.completed.v1}. */
    public String type() {
        return PREFIX + shortName + ".v1";
    }

    public Class<? extends Payload> payload() {
        return payload;
    }

    /** The topic that events of this type belong on. */
    public String topic() {
        return topic;
    }

    /** Class path of the JSON Schema of {@code data}: {@code dev/holdfast/events/schemas/backup/completed.v1.schema.json}. */
    public String schema() {
        return SCHEMAS + shortName.replace('.', '/') + ".v1.schema.json";
    }

    /** Class path of a complete structured CloudEvent that shows every field. */
    public String example() {
        return SCHEMAS + shortName.replace('.', '/') + ".v1.example.json";
    }

    /** @param type a CloudEvents type with prefix and version */
    public static Optional<EventType> ofType(String type) {
        return Optional.ofNullable(BY_TYPE.get(type));
    }

    public static EventType of(Payload data) {
        return BY_PAYLOAD.get(data.getClass());
    }
}
