package dev.holdfast.events;

/** The {@code data} of an event. Its schema file is the contract, the record a convenience. */
public sealed interface Payload permits BackupRequested, BackupAccepted, BackupStarted, BackupCompleted, BackupFailed,
        BackupVerified, BackupUnproven, BackupRefuted, BackupExpired, VerificationRequested, VerificationAccepted,
        VerificationStarted, RunDeferred, RunReleased, RunCancelling, RunCancelled, RunProgressed, ServiceAlive, ActivityPaused,
        ActivityResumed, AlertRaised, AlertResolved, DeliveryRequested, DeliverySucceeded,
        DeliveryDeferred, DeliveryAbandoned, DeliveryRepeated, CatalogEntry {

    /** The database's alias, the key of the record; null only where no database could be told (an unreadable record). */
    String database();
}
