package dev.holdfast.service.messaging;

/** The share groups that read the queues: the names are known to those who claim and to those who watch. */
public final class ShareGroups {

    /** All workers in role {@code backup}. */
    public static final String BACKUP_WORKERS = "holdfast-backup-workers";

    /** All verifiers. */
    public static final String VERIFIERS = "holdfast-verifiers";

    private ShareGroups() {
    }
}
