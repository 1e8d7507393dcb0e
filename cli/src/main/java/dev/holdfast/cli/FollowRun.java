package dev.holdfast.cli;

import dev.holdfast.cli.log.EventText;
import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.output.Progress;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.repository.Proof;
import dev.holdfast.repository.ProofResult;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

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

    /** After these the backup is not proven before a person or the next day asks again. */
    private static final Set<String> FINAL_ALERTS = Set.of("manifest-conflict", "verification-impossible");
    private static final List<String> WORST_FIRST = List.of("refuted", "unproven", "verified");

    private final Console console;
    private final Progress progress;
    private final String database;
    private final String requestId;
    private final Until until;
    private final String level;
    private final Map<String, Verdict> copies = new TreeMap<>();
    private boolean stored;
    private String backupId;
    private String lastHeard;
    private Outcome outcome;

    /** What ends it. */
    private enum Until { STORED, ALL_COPIES_DECIDED, ONE_COPY_DECIDED }

    /** Of one copy; its event is null until there is one. */
    private record Verdict(String state, Payload event) {

        static final Verdict AWAITED = new Verdict("awaited", null);
    }

    private FollowRun(Console console, String database, String requestId, Until until, String level) {
        this.console = console;
        this.progress = new Progress(console);
        this.database = database;
        this.requestId = requestId;
        this.until = until;
        this.level = level;
    }

    /** Until the backup is stored. */
    static FollowRun ofBackup(Console console, String database, String requestId) {
        return new FollowRun(console, database, requestId, Until.STORED, "checksum");
    }

    /**
     * Until every copy that was stored is decided; the worst of them is the outcome.
     *
     * @param level the policy's: a success below it decides nothing
     */
    static FollowRun ofBackupUntilProven(Console console, String database, String requestId, String level) {
        return new FollowRun(console, database, requestId, Until.ALL_COPIES_DECIDED, level);
    }

    /** Until what was asked for, one copy up to the level of the request, is decided. */
    static FollowRun ofVerification(Console console, String database, String requestId) {
        return new FollowRun(console, database, requestId, Until.ONE_COPY_DECIDED, "checksum");
    }

    /** In words. */
    String awaited() {
        return (until != Until.STORED ? "the proof" : "the backup") + " of '" + database + "' (request " + requestId + ")";
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
            progress.show(beat);
            return true;
        }
        if (event.data() instanceof BackupCompleted completed) {
            progress.done(completed.plainBytes());
        } else {
            progress.end();
        }
        lastHeard = EventText.type(event);
        console.line(console.faint(String.format("%-22s", EventText.type(event))) + " " + EventText.of(event.data()));
        backupId = Objects.requireNonNullElse(event.subject(), backupId == null ? "" : backupId);
        state(event).ifPresent(state -> outcome = new Outcome(state, database, backupId, requestId, ended(state, event.data())));
        return outcome == null;
    }

    private Optional<String> state(Event<? extends Payload> event) {
        return switch (event.data()) {
            case BackupFailed failed -> Optional.of("failed");
            case BackupCompleted completed -> stored(completed);
            case RunCancelled cancelled when cancelled.activity().equals("backup") -> Optional.of("cancelled");
            case RunCancelled cancelled when until != Until.STORED -> Optional.of("unproven");
            case BackupVerified verified when Proof.of(List.of(new ProofResult("verified", verified.level(), verified.verifiedAt(),
                    null, null)), level).isVerified() -> decided(event, verified.repository(), "verified");
            case BackupRefuted refuted -> decided(event, refuted.repository(), "refuted");
            case BackupUnproven unproven -> decided(event, unproven.repository(), "unproven");
            case AlertRaised alert when until != Until.STORED && FINAL_ALERTS.contains(alert.alert())
                    && backupId.equals(alert.about()) -> Optional.of("unproven");
            default -> Optional.empty();
        };
    }

    private Optional<String> stored(BackupCompleted completed) {
        if (until == Until.STORED) {
            return Optional.of("completed");
        }
        stored = true;
        completed.copies().forEach(copy -> copies.putIfAbsent(copy.repository(), Verdict.AWAITED));
        return worst();
    }

    private Optional<String> decided(Event<? extends Payload> event, String repository, String state) {
        return switch (until) {
            case STORED -> Optional.empty();
            case ONE_COPY_DECIDED -> Optional.of(state).filter(mine -> requestId.equals(event.correlationId()));
            case ALL_COPIES_DECIDED -> {
                copies.put(repository, new Verdict(state, event.data()));
                yield worst();
            }
        };
    }

    /** Empty while one copy is awaited. A verdict may come before the log has told that the copy is there. */
    private Optional<String> worst() {
        boolean known = stored && copies.values().stream().noneMatch(Verdict.AWAITED::equals);
        return known ? WORST_FIRST.stream().filter(worse -> copies.values().stream().anyMatch(copy -> copy.state().equals(worse))).findFirst()
                : Optional.empty();
    }

    /** The event that says so: of several copies, one of the worst. */
    private Payload ended(String state, Payload last) {
        return copies.values().stream().filter(copy -> copy.state().equals(state)).map(Verdict::event).findFirst().orElse(last);
    }

    void end() {
        progress.end();
    }
}
