package dev.holdfast.events;

/** Nothing was found wrong, yet the proof could not be made. {@code reason} is library, locale, major, disk or tool. */
public record BackupUnproven(String database, String kind, String backupId, String repository, String levelReached, String reason,
        String detail, String nextStep, String evidence) implements Payload {
}
