package dev.holdfast.notifier.slack;

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
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An event in words: a headline and labelled details, none of them empty. */
record EventStory(Weight weight, String headline, Map<String, String> details) {

    private static final int MAX_DETAIL = 600;
    private static final int SHOWN_FINDINGS = 3;

    /** How much it matters. */
    enum Weight {
        GOOD(":white_check_mark:"), NOTICE(":information_source:"), WARNING(":warning:"), BAD(":rotating_light:");

        private final String emoji;

        Weight(String emoji) {
            this.emoji = emoji;
        }

        String emoji() {
            return emoji;
        }
    }

    static EventStory of(Payload data) {
        return switch (data) {
            case BackupFailed it when it.code().equals("notify-test") -> notice("TEST: this subscription is told of failures")
                    .detail("Why", it.reason()).detail("Next", it.nextStep());
            case BackupFailed it -> bad("Backup of " + it.database() + " failed").detail("Backup", it.backupId())
                    .detail("Phase", it.phase()).detail("Why", it.code() + ": " + it.reason()).detail("Next", it.nextStep());
            case BackupRefuted it -> bad("A backup of " + it.database() + " is NOT what was dumped")
                    .detail("Backup", it.backupId()).detail("Repository", it.repository()).detail("Why", findings(it))
                    .detail("Next", it.nextStep());
            case BackupUnproven it -> warning("A backup of " + it.database() + " could not be proven")
                    .detail("Backup", it.backupId()).detail("Repository", it.repository())
                    .detail("Why", it.reason() + ": " + it.detail()).detail("Next", it.nextStep());
            case BackupVerified it -> good("A backup of " + it.database() + " is proven").detail("Backup", it.backupId())
                    .detail("Repository", it.repository()).detail("Proof", "level " + it.level() + ", " + it.tables() + " tables, "
                            + it.rows() + " rows" + (it.restoreSeconds() == null ? "" : ", restored in "
                            + Math.round(it.restoreSeconds()) + " s"));
            case BackupCompleted it -> completed(it);
            case BackupExpired it -> notice("A backup of " + it.database() + " was deleted").detail("Backup", it.backupId())
                    .detail("Repository", it.repository()).detail("Why", it.rule());
            case BackupAccepted it -> notice("A backup of " + it.database() + " was asked for").detail("Backup", it.backupId())
                    .detail("By", it.requester());
            case BackupStarted it -> notice("A backup of " + it.database() + " started").detail("Backup", it.backupId())
                    .detail("Try", Integer.toString(it.attempt()));
            case AlertRaised it -> alert(it);
            case AlertResolved it -> good("Over: " + it.alert() + of(it.database())).detail("About", it.about()).detail("Why", it.reason());
            case VerificationAccepted it -> notice("A proof of a backup of " + it.database() + " was asked for")
                    .detail("Backup", it.backupId()).detail("By", it.requester());
            case VerificationStarted it -> notice("A proof of a backup of " + it.database() + " started")
                    .detail("Backup", it.backupId()).detail("Repository", it.repository());
            case RunDeferred it -> notice("A " + it.activity() + of(it.database()) + " waits").detail("Run", it.runId())
                    .detail("Why", it.reason());
            case RunReleased it -> notice("A " + it.activity() + of(it.database()) + " was given back").detail("Run", it.runId())
                    .detail("Why", it.reason());
            case RunCancelling it -> notice("A " + it.activity() + of(it.database()) + " is being cancelled").detail("Run", it.runId())
                    .detail("By", it.requester()).detail("Why", it.reason());
            case RunCancelled it -> warning("A " + it.activity() + of(it.database()) + " was cancelled").detail("Run", it.runId())
                    .detail("By", it.requester()).detail("Why", it.reason());
            case ActivityPaused it -> warning("Paused: " + it.activity() + of(it.database())).detail("By", it.requester())
                    .detail("Why", it.reason()).detail("Next", "holdfast resume, once it may go on");
            case ActivityResumed it -> good("Resumed: " + it.activity() + of(it.database())).detail("By", it.requester())
                    .detail("Why", it.reason());
            // None of these is delivered from the log; told all the same, should one be.
            case BackupRequested it -> notice("A backup of " + it.database() + " is wanted").detail("By", it.requester());
            case VerificationRequested it -> notice("A proof is wanted").detail("Backup", it.backupId());
            case RunProgressed it -> notice("A " + it.activity() + of(it.database()) + " goes on").detail("Run", it.runId());
            case ServiceAlive it -> notice(it.service() + " is alive");
            case CatalogEntry it -> notice("A backup of " + it.database() + " is " + it.state()).detail("Backup", it.backupId());
            case DeliveryRequested it -> delivery("A delivery is wanted", it.subscription());
            case DeliverySucceeded it -> delivery("A delivery arrived", it.subscription());
            case DeliveryDeferred it -> delivery("A delivery waits", it.subscription());
            case DeliveryAbandoned it -> delivery("A delivery was given up", it.subscription());
            case DeliveryRepeated it -> delivery("A delivery is repeated", it.subscription());
        };
    }

    private static EventStory completed(BackupCompleted it) {
        EventStory story = it.lostCopies().isEmpty() ? good("A backup of " + it.database() + " is stored, proof pending")
                : warning("A backup of " + it.database() + " lacks a copy");
        return story.detail("Backup", it.backupId())
                .detail("Stored", it.storedBytes() + " bytes in " + it.copies().stream().map(BackupCompleted.Copy::repository)
                        .collect(Collectors.joining(", ")))
                .detail("Lost", it.lostCopies().stream().map(lost -> lost.repository() + " (" + lost.code() + ": " + lost.reason() + ")")
                        .collect(Collectors.joining(", ")));
    }

    private static EventStory alert(AlertRaised it) {
        Weight weight = switch (it.severity().toLowerCase(Locale.ROOT)) {
            case "critical" -> Weight.BAD;
            case "info" -> Weight.NOTICE;
            default -> Weight.WARNING;
        };
        return new EventStory(weight, "Alert: " + it.alert() + of(it.database()), new LinkedHashMap<>()).detail("About", it.about())
                .detail("Why", it.reason()).detail("Next", it.nextStep());
    }

    private static String findings(BackupRefuted it) {
        return it.findingsTotal() + " differences: " + it.findings().stream().limit(SHOWN_FINDINGS)
                .map(found -> found.what() + " " + found.where()).collect(Collectors.joining(", "));
    }

    private static EventStory delivery(String headline, String subscription) {
        return notice(headline).detail("Subscription", subscription);
    }

    private static String of(String database) {
        return database == null ? "" : " of " + database;
    }

    private static EventStory bad(String headline) {
        return new EventStory(Weight.BAD, headline, new LinkedHashMap<>());
    }

    private static EventStory warning(String headline) {
        return new EventStory(Weight.WARNING, headline, new LinkedHashMap<>());
    }

    private static EventStory notice(String headline) {
        return new EventStory(Weight.NOTICE, headline, new LinkedHashMap<>());
    }

    private static EventStory good(String headline) {
        return new EventStory(Weight.GOOD, headline, new LinkedHashMap<>());
    }

    private EventStory detail(String label, String value) {
        if (value != null && !value.isBlank()) {
            details.put(label, value.length() <= MAX_DETAIL ? value : value.substring(0, MAX_DETAIL) + " …");
        }
        return this;
    }
}
