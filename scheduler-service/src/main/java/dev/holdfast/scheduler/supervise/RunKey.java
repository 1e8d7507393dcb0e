package dev.holdfast.scheduler.supervise;

/**
 * What makes two events of one run belong together.
 *
 * @param activity   backup or verification
 * @param repository of a verification: the one whose copy is proven, empty where the request left it open; of a backup empty
 */
public record RunKey(String activity, String database, String backupId, String repository) {

    public static final String BACKUP = "backup";
    public static final String VERIFICATION = "verification";

    static RunKey backup(String database, String backupId) {
        return new RunKey(BACKUP, database, backupId, "");
    }

    static RunKey of(String activity, String database, String runId, String repository) {
        return activity.equals(BACKUP) ? backup(database, runId)
                : new RunKey(VERIFICATION, database, runId.replaceFirst("\\.verification$", ""), repository == null ? "" : repository);
    }

    public boolean isBackup() {
        return activity.equals(BACKUP);
    }
}
