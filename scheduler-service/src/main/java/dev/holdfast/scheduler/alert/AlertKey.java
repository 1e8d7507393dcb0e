package dev.holdfast.scheduler.alert;

/** Which alert: of two with the same key one stands at most. Database and about are null where it concerns none. */
public record AlertKey(AlertName name, String database, String about) {
}
