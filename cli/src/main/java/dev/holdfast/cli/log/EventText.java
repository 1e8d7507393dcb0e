package dev.holdfast.cli.log;

import dev.holdfast.cli.output.Printable;
import dev.holdfast.cli.output.Size;
import dev.holdfast.events.ActivityPaused;
import dev.holdfast.events.ActivityResumed;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.AlertResolved;
import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.CatalogEntry;
import dev.holdfast.events.DeliveryAbandoned;
import dev.holdfast.events.DeliveryDeferred;
import dev.holdfast.events.DeliveryRepeated;
import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import java.time.Duration;
import java.util.stream.Collectors;

/** An event in one line for a person. */
public final class EventText {

    private EventText() {
    }

    /**
     * What happened, without the type: {@link #type} says that. Anybody may write to a request topic, so what could
     * steer a terminal is shown as a question mark.
     */
    public static String of(Payload data) {
        return Printable.text(text(data));
    }

    private static String text(Payload data) {
        return switch (data) {
            case BackupRequested it -> it.database() + ", asked for by " + orUnknown(it.requester());
            case BackupAccepted it -> it.database() + "/" + it.backupId() + ", asked for by " + orUnknown(it.requester());
            case BackupStarted it -> it.database() + "/" + it.backupId() + ", attempt " + it.attempt() + ", by " + it.worker();
            case BackupCompleted it -> completed(it);
            case BackupFailed it -> it.database() + (it.backupId() == null ? "" : "/" + it.backupId()) + " in phase "
                    + it.phase() + ": " + it.code() + ": " + it.reason() + "  Next: " + it.nextStep();
            case BackupVerified it -> it.backupId() + " in " + it.repository() + " up to " + it.level() + ": "
                    + Size.count(it.tables()) + " tables, " + Size.count(it.rows()) + " rows equal, restored in "
                    + (it.restoreSeconds() == null ? "-" : Size.seconds(it.restoreSeconds()));
            case BackupUnproven it -> it.backupId() + " in " + it.repository() + ": " + it.reason() + ": " + it.detail()
                    + "  Next: " + it.nextStep();
            case BackupRefuted it -> it.backupId() + " in " + it.repository() + ": " + it.findingsTotal() + " findings: "
                    + it.findings().stream().map(found -> found.what() + " " + found.where() + ": expected "
                            + found.expected() + ", found " + found.found()).collect(Collectors.joining("; "));
            case BackupExpired it -> it.backupId() + " from " + it.repository() + ", " + it.rule() + ", "
                    + Size.bytes(it.freedBytes()) + " freed";
            case VerificationRequested it -> it.backupId() + ", asked for by " + orUnknown(it.requester());
            case VerificationAccepted it -> it.backupId() + ", level " + it.level();
            case VerificationStarted it -> it.backupId() + " in " + it.repository() + ", level " + it.level() + ", by " + it.verifier();
            case RunDeferred it -> it.activity() + " " + it.runId() + ": " + it.reason();
            case RunReleased it -> it.activity() + " " + it.runId() + ": " + it.reason();
            case RunCancelling it -> it.activity() + " " + it.runId() + ", by " + it.requester() + ": " + it.reason();
            case RunCancelled it -> it.activity() + " " + it.runId() + ", by " + it.requester() + ": " + it.reason();
            case ActivityPaused it -> it.activity() + " of " + everyOr(it.database()) + (it.since() == null ? "" : ", still, since " + it.since())
                    + ", by " + it.requester() + ": " + it.reason();
            case ActivityResumed it -> it.activity() + " of " + everyOr(it.database()) + ", by " + it.requester() + ": " + it.reason();
            case RunProgressed it -> it.activity() + " " + it.phase() + " " + Size.bytes(it.bytes())
                    + (it.totalBytes() == null ? "" : " of ~" + Size.bytes(it.totalBytes()) + (it.activity().equals("backup") ? " on disk" : "")) + ", " + Size.rate(it.bytesPerSecond());
            case AlertRaised it -> it.severity() + " " + it.alert() + " about " + it.about() + ": " + it.reason()
                    + "  Next: " + it.nextStep();
            case AlertResolved it -> it.alert() + " about " + it.about() + ": " + it.reason();
            case ServiceAlive it -> it.service() + " " + it.instance() + " " + it.version();
            case DeliveryRequested it -> shortType(it.eventType()) + " to " + it.subscription() + ", " + it.webhookId();
            case DeliverySucceeded it -> shortType(it.eventType()) + " to " + it.subscription() + ", status " + it.status()
                    + ", try " + it.attempts();
            case DeliveryDeferred it -> shortType(it.eventType()) + " to " + it.subscription() + ", try " + it.attempts() + ": "
                    + it.reason() + "; again at " + it.nextTryAt();
            case DeliveryRepeated it -> shortType(it.eventType()) + " to " + it.subscription() + " once more, asked for by " + it.requester();
            case DeliveryAbandoned it -> shortType(it.eventType()) + " to " + it.subscription() + " after " + it.attempts()
                    + " tries: " + it.reason();
            case CatalogEntry it -> it.database() + "/" + it.backupId() + " " + it.state();
        };
    }

    /** {@code backup.completed}. */
    public static String type(Event<? extends Payload> event) {
        return event.type().shortName();
    }

    private static String completed(BackupCompleted it) {
        return it.backupId() + ": " + Size.bytes(it.plainBytes()) + " dumped, " + Size.bytes(it.storedBytes()) + " stored"
                + (it.encrypted() ? ", encrypted, in " : ", not encrypted, in ")
                + it.copies().stream().map(BackupCompleted.Copy::repository).collect(Collectors.joining(", "))
                + ", took " + Size.duration(Duration.between(it.startedAt(), it.endedAt()))
                + it.lostCopies().stream().map(lost -> "; no copy in " + lost.repository() + ": " + lost.reason())
                        .collect(Collectors.joining());
    }

    /** The same of a CloudEvents type with prefix and version. */
    public static String shortType(String type) {
        return type.replaceFirst("^dev\\.holdfast\\.", "").replaceFirst("\\.v\\d+$", "");
    }

    private static String everyOr(String database) {
        return database == null ? "every database" : database;
    }

    private static String orUnknown(String requester) {
        return requester == null ? "someone unnamed" : requester;
    }
}
