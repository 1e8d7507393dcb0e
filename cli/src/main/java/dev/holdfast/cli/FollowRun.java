package dev.holdfast.cli;

import dev.holdfast.cli.log.EventText;
import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.output.Progress;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunProgressed;
import java.util.Objects;
import java.util.Optional;

/** Tells what happens to one request, and knows when it is over. Where the events come from is the caller's business. */
final class FollowRun {

    /** The document of {@code backup} and {@code verify}: the state reached, and the event that says so. */
    record Outcome(String state, String database, String backupId, String requestId, Payload event) {

        ExitCode exit() {
            return switch (state) {
                case "requested", "completed", "verified" -> ExitCode.DONE;
                case "refuted", "unproven" -> ExitCode.NOT_VERIFIED;
                default -> ExitCode.FAILED;
            };
        }
    }

    private final Console console;
    private final Progress progress;
    private final String database;
    private final String requestId;
    private final boolean untilProven;
    private String backupId;
    private String lastHeard;
    private Outcome outcome;

    /** @param untilProven whether {@code completed} is on the way only */
    FollowRun(Console console, String database, String requestId, String backupId, boolean untilProven) {
        this.console = console;
        this.progress = new Progress(console);
        this.database = database;
        this.requestId = requestId;
        this.backupId = backupId;
        this.untilProven = untilProven;
    }

    /** In words. */
    String awaited() {
        return (untilProven ? "the proof" : "the backup") + " of '" + database + "' (request " + requestId + ")";
    }

    boolean heardNothing() {
        return lastHeard == null;
    }

    String lastHeard() {
        return lastHeard == null ? "nothing was heard of it" : "the last that was heard of it is " + lastHeard;
    }

    /** Empty while it runs. */
    Optional<Outcome> outcome() {
        return Optional.ofNullable(outcome);
    }

    /** @return whether more is awaited */
    boolean read(Event<? extends Payload> event) {
        boolean ours = requestId.equals(event.correlationId())
                || backupId != null && backupId.equals(event.subject());
        if (!ours) {
            return true;
        }
        if (event.data() instanceof RunProgressed beat) {
            lastHeard = beat.activity() + ", " + beat.phase();
            progress.show(beat.activity() + ", " + beat.phase(), beat.bytes(), beat.totalBytes(), beat.bytesPerSecond());
            return true;
        }
        progress.end();
        lastHeard = EventText.type(event);
        console.line(console.faint(String.format("%-22s", EventText.type(event))) + " " + EventText.of(event.data()));
        backupId = Objects.requireNonNullElse(event.subject(), backupId == null ? "" : backupId);
        state(event.data()).ifPresent(state -> outcome = new Outcome(state, database, backupId, requestId, event.data()));
        return outcome == null;
    }

    private Optional<String> state(Payload data) {
        return switch (data) {
            case BackupFailed failed -> Optional.of("failed");
            case BackupCompleted completed when !untilProven -> Optional.of("completed");
            case BackupVerified verified when untilProven -> Optional.of("verified");
            case BackupRefuted refuted when untilProven -> Optional.of("refuted");
            case BackupUnproven unproven when untilProven -> Optional.of("unproven");
            default -> Optional.empty();
        };
    }

    void end() {
        progress.end();
    }
}
