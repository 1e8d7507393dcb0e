package dev.holdfast.cli.reliability;

import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.EventType;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import java.util.function.Predicate;

/**
 * The steps of a run from its request to the expiry of the backup before it, in order. The one list of them: the kill matrix is
 * generated from it.
 */
enum RunStep {

    REQUESTED("the request lies in its queue", Part.SCHEDULER, by(BackupRequested.class)),
    ACCEPTED("backup.accepted", Part.WORKER, by(BackupAccepted.class)),
    STARTED("backup.started", Part.WORKER, by(BackupStarted.class)),
    PREFLIGHT("the source is looked at", Part.WORKER, phase("preflight")),
    GLOBALS("roles and grants are dumped", Part.WORKER, phase("globals")),
    DUMP("the data is dumped", Part.WORKER, phase("dump")),
    STORED("the data is committed, the manifest follows", Part.WORKER, RunFiles::dataCommitted),
    COMPLETED("backup.completed", Part.WORKER, by(BackupCompleted.class)),
    VERIFICATION_REQUESTED("the verification lies in its queue", Part.VERIFIER, by(VerificationRequested.class)),
    VERIFICATION_ACCEPTED("verification.accepted", Part.VERIFIER, by(VerificationAccepted.class)),
    VERIFICATION_STARTED("verification.started", Part.VERIFIER, by(VerificationStarted.class)),
    ARCHIVE("the archive is read", Part.VERIFIER, phase("archive")),
    RESTORE("the scratch server is restored into", Part.VERIFIER, phase("restore")),
    EVIDENCE("the evidence is stored", Part.VERIFIER, RunFiles::evidenceStored),
    VERIFIED("backup.verified", Part.NOTIFIER, by(BackupVerified.class)),
    DELIVERED("the subscriber hears of the proof", Part.NOTIFIER,
            scene -> scene.told().stream().anyMatch(told -> told.type().equals(EventType.BACKUP_VERIFIED.type()))),
    TOMBSTONE("the older backup is condemned", Part.RETENTION, RunFiles::olderCondemned),
    EXPIRED("backup.expired", Part.RETENTION, by(BackupExpired.class));

    private final String what;
    private final Part holder;
    private final Predicate<Scene> seen;

    RunStep(String what, Part holder, Predicate<Scene> seen) {
        this.what = what;
        this.holder = holder;
        this.seen = seen;
    }

    /** For people: what has happened when it is seen. */
    String what() {
        return what;
    }

    /** Who has the run in hand then. */
    Part holder() {
        return holder;
    }

    boolean seen(Scene scene) {
        return seen.test(scene);
    }

    /** Whether it needs a backup before this run's, which the policy lets go once this run's is proven. */
    boolean needsAnOlderBackup() {
        return compareTo(TOMBSTONE) >= 0;
    }

    /** Whether the dump has to be held there until the blow has fallen. */
    boolean isHeldOpen() {
        return this == DUMP;
    }

    private static Predicate<Scene> by(Class<? extends Payload> event) {
        return scene -> scene.events(event).findAny().isPresent();
    }

    private static Predicate<Scene> phase(String phase) {
        return scene -> scene.events(RunProgressed.class).anyMatch(beat -> beat.phase().equals(phase));
    }
}
