package dev.holdfast.events;

import java.util.List;

/** The backup is not what was dumped. */
public record BackupRefuted(String database, String kind, String backupId, String repository, String level, List<Finding> findings,
        int findingsTotal, String nextStep, String evidence) implements Payload {

    /** One difference: what kind of thing, which one, and the counts or hashes expected and found. Never a row value. */
    public record Finding(String what, String where, String expected, String found) {
    }
}
