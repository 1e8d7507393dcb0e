package dev.holdfast.events;

/** Topic names. Settings and who may write are in {@code docs/events/asyncapi.yaml}. */
public final class Topics {

    public static final String BACKUP_REQUESTS = "holdfast.backup-requests";
    public static final String VERIFICATION_REQUESTS = "holdfast.verification-requests";
    public static final String EVENTS = "holdfast.events";
    public static final String CATALOG = "holdfast.catalog";
    public static final String PROGRESS = "holdfast.progress";
    public static final String DELIVERIES = "holdfast.deliveries";

    /** What is appended to a topic's name for the records that could not be read from it. */
    public static final String DEAD_SUFFIX = ".dead";

    private Topics() {
    }
}
