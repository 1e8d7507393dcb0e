package dev.holdfast.scheduler.alert;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every alert that lasts, its owner here (docs/alerts.md). Those that {@linkplain #isToldElsewhere another service tells
 * first} are a single happening there; here they are reminded of and resolved, so that nothing is told twice.
 */
public enum AlertName {

    MISSED("missed", "warning", false, "a scheduled backup has begun again",
            "see whether workers run and have free slots: holdfast status"),
    STUCK("stuck", "warning", false, "the run goes on or has ended",
            "look at its worker's log and at the source; holdfast cancel ends it, holdfast retry asks again"),
    FAILED("failed", "warning", false, "a backup was completed", "do what the failure says, then holdfast retry"),
    OVERDUE("overdue", "critical", false, "a verified backup is inside the RPO again",
            "holdfast status says what keeps it from being backed up or proven; holdfast backup --wait=verified makes one now"),
    UNPROVEN("unproven", "warning", true, "what waited for its proof has it, or a newer backup is verified",
            "see whether a verifier runs and what it says: holdfast status; holdfast verify asks again"),
    VERIFICATION_IMPOSSIBLE("verification-impossible", "warning", true, "there is a verdict, or a newer backup is verified",
            "look at the verifier's log; the sweep asks for the proof again"),
    REFUTED("refuted", "critical", true, "the backup is gone, or every copy is proven",
            "do not restore it; make a new backup now and look for the cause in its findings: holdfast show"),
    RTO("rto", "warning", false, "the newest proven restore is inside the RTO again",
            "give the restore more power, or agree on a longer RTO"),
    SIZE_ANOMALY("size-anomaly", "warning", false, "the newest backup is as large as those before it",
            "see what was deleted or loaded in the source before older backups expire"),
    ORPHANS("orphans", "info", false, "nothing is left that no manifest names",
            "they are safe to delete once you know that their run is over; holdfast never deletes them by itself"),
    PAUSED("paused", "info", false, "it was resumed", "resume it, or leave it and know that nothing happens by itself"),
    VERIFIER_BACKLOG("verifier-backlog", "warning", false, "no verification waits for long any more",
            "run another verifier or raise verifier.slots"),
    SERVICE_MISSING("service-missing", "critical", false, "an instance of it beats again", "start it, or look at its log for why it ended"),
    CLOCK_SKEW("clock-skew", "warning", false, "its clock agrees with the broker's again, or it is gone",
            "synchronise the clock of that machine or of the broker (NTP)"),
    DEAD_LETTER("dead-letter", "warning", true, "it was a day ago; the record stays on its .dead topic",
            "correct the record at its producer and publish it again"),
    DELIVERY_ABANDONED("delivery-abandoned", "warning", true, "a delivery arrived there again",
            "mend the subscriber, see what it missed with holdfast deliveries --failed, and send it again with holdfast redeliver");

    private final String text;
    private final String severity;
    private final boolean toldElsewhere;
    private final String over;
    private final String nextStep;

    AlertName(String text, String severity, boolean toldElsewhere, String over, String nextStep) {
        this.text = text;
        this.severity = severity;
        this.toldElsewhere = toldElsewhere;
        this.over = over;
        this.nextStep = nextStep;
    }

    /** As events, metrics and documents have it. */
    public String text() {
        return text;
    }

    /** info, warning or critical. */
    public String severity() {
        return severity;
    }

    /** Whether the service that meets it says so at once, as an event without {@code since}. */
    public boolean isToldElsewhere() {
        return toldElsewhere;
    }

    String over() {
        return over;
    }

    String nextStep() {
        return nextStep;
    }

    AlertKey of(String database, String about) {
        return new AlertKey(this, database, about);
    }

    static Optional<AlertName> named(String text) {
        return Stream.of(values()).filter(name -> name.text.equals(text)).findFirst();
    }
}
