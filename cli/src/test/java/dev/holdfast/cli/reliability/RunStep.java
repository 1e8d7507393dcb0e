package dev.holdfast.cli.reliability;

import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.EventType;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The steps of a run from its request to the expiry of the backup before it, in order, and behind them what people and time may
 * add. The one list of them: the kill matrix is generated from it.
 */
enum RunStep {

    REQUESTED("the request lies in its queue", Part.SCHEDULER, first(BackupRequested.class)),
    ACCEPTED("backup.accepted", Part.WORKER, first(BackupAccepted.class)),
    STARTED("backup.started", Part.WORKER, first(BackupStarted.class)),
    PREFLIGHT("the source is looked at", Part.WORKER, phase("preflight")),
    GLOBALS("roles and grants are dumped", Part.WORKER, phase("globals")),
    DUMP("the data is dumped", Part.WORKER, phase("dump")),
    STORED("the data is committed, the manifest follows", Part.WORKER, RunFiles::dataCommitted),
    COMPLETED("backup.completed", Part.WORKER, first(BackupCompleted.class)),
    VERIFICATION_REQUESTED("the verification lies in its queue", Part.VERIFIER, first(VerificationRequested.class)),
    VERIFICATION_ACCEPTED("verification.accepted", Part.VERIFIER, first(VerificationAccepted.class)),
    VERIFICATION_STARTED("verification.started", Part.VERIFIER, first(VerificationStarted.class)),
    ARCHIVE("the archive is read", Part.VERIFIER, phase("archive")),
    RESTORE("the scratch server is restored into", Part.VERIFIER, phase("restore")),
    EVIDENCE("the evidence is stored", Part.VERIFIER, RunFiles::evidenceStored),
    VERIFIED("backup.verified", Part.NOTIFIER, first(BackupVerified.class)),
    DELIVERED("the subscriber hears of the proof", Part.NOTIFIER, scene -> scene.told().stream()
            .filter(told -> told.type().equals(EventType.BACKUP_VERIFIED.type())).map(ToldSubscriber.Told::at).findFirst()),
    TOMBSTONE("the older backup is condemned", Part.RETENTION, RunFiles::olderCondemned),
    EXPIRED("backup.expired", Part.RETENTION, first(BackupExpired.class)),
    CANCELLING("a person cancels the dump", Part.WORKER, first(RunCancelling.class)),
    RETRIED("a person tries the cancelled run again", Part.WORKER,
            scene -> scene.first(BackupRequested.class, asked -> asked.attempt() != null && asked.attempt() > 1)),
    VERIFY_BESIDE("a person asks for a proof beside the intake's", Part.VERIFIER,
            scene -> scene.following(Person.proofOf(scene), VerificationRequested.class)),
    REPROOF("the proof is made again", Part.VERIFIER, scene -> scene.following(Person.proofOf(scene), VerificationStarted.class));

    private final String what;
    private final Part holder;
    private final Function<Scene, Optional<Instant>> trace;

    RunStep(String what, Part holder, Function<Scene, Optional<Instant>> trace) {
        this.what = what;
        this.holder = holder;
        this.trace = trace;
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
        return trace.apply(scene).isPresent();
    }

    /** Whether what comes after it had happened already at that time: a blow of that time fell too late. */
    boolean wasOver(Scene scene, Instant then) {
        return after(scene).flatMap(Optional::stream).anyMatch(next -> next.isBefore(then));
    }

    private Stream<Optional<Instant>> after(Scene scene) {
        return switch (this) {
            case CANCELLING -> Stream.of(scene.first(RunCancelled.class, any -> true));
            case RETRIED -> Stream.of(scene.first(BackupStarted.class, started -> started.attempt() > 1));
            case VERIFY_BESIDE -> Stream.of(scene.following(Person.proofOf(scene), VerificationStarted.class));
            case REPROOF -> Stream.of(scene.following(Person.proofOf(scene), BackupVerified.class));
            default -> Arrays.stream(values()).filter(step -> step.compareTo(this) > 0 && step.compareTo(CANCELLING) < 0)
                    .filter(step -> scene.older().isPresent() || !step.needsAnOlderBackup()).map(step -> step.trace.apply(scene));
        };
    }

    /** The step after which it comes; empty where it is the first or a person's doing. */
    Optional<RunStep> before() {
        return this == REQUESTED || compareTo(EXPIRED) > 0 ? Optional.empty() : Optional.of(values()[ordinal() - 1]);
    }

    /** Whether it needs a backup before this run's, which the policy lets go once this run's is proven. */
    boolean needsAnOlderBackup() {
        return this == TOMBSTONE || this == EXPIRED;
    }

    /** Whether the dump has to be held there until the blow has fallen. */
    boolean isHeldOpen() {
        return this == DUMP || this == CANCELLING;
    }

    /** Who would take the next step at once, and is stopped until the blow has fallen, so that it does not fall too late. */
    List<Part> heldBack() {
        return switch (this) {
            case REQUESTED -> List.of(Part.SCHEDULER, Part.WORKER);
            case ACCEPTED, RETRIED -> List.of(Part.WORKER);
            case COMPLETED, VERIFICATION_ACCEPTED -> List.of(Part.VERIFIER);
            case VERIFICATION_REQUESTED -> List.of(Part.SCHEDULER);
            default -> List.of();
        };
    }

    /** The step from which on they are; empty where it is from before the request. */
    Optional<RunStep> heldBackFrom() {
        return switch (this) {
            case COMPLETED, VERIFICATION_REQUESTED -> Optional.of(STARTED);
            case VERIFICATION_ACCEPTED -> Optional.of(VERIFICATION_REQUESTED);
            default -> Optional.empty();
        };
    }

    /** Whether its holder is at work on the run then, which somebody else takes over where it stops. */
    boolean isWork() {
        return compareTo(STARTED) >= 0 && compareTo(STORED) <= 0 || compareTo(VERIFICATION_STARTED) >= 0 && compareTo(EVIDENCE) <= 0
                || this == VERIFY_BESIDE || this == REPROOF;
    }

    private static <P extends Payload> Function<Scene, Optional<Instant>> first(Class<P> event) {
        return scene -> scene.first(event, any -> true);
    }

    private static Function<Scene, Optional<Instant>> phase(String phase) {
        return scene -> scene.first(RunProgressed.class, beat -> beat.phase().equals(phase));
    }
}
