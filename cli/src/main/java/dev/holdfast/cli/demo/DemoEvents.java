package dev.holdfast.cli.demo;

import dev.holdfast.cli.log.EventText;
import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.output.Progress;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventType;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.time.Duration;
import java.util.Optional;

/** Shows each event as it happens, and knows which the demo still waits for. */
final class DemoEvents {

    private final Console console;
    private final Progress progress;
    private final String requestId;
    private final long startedAt = System.nanoTime();
    private Optional<BackupCompleted> completed = Optional.empty();
    private Optional<BackupVerified> verified = Optional.empty();
    private boolean delivered;
    private int beats;

    DemoEvents(Console console, String requestId) {
        this.console = console;
        this.progress = new Progress(console);
        this.requestId = requestId;
    }

    /**
     * @return whether more is awaited
     * @throws HoldfastException where the backup failed, code {@code not-verified} where it was not proven
     */
    boolean read(Event<? extends Payload> event) {
        if (event.data() instanceof RunProgressed beat) {
            beats++;
            progress.show(beat);
            return true;
        }
        if (event.data() instanceof ServiceAlive) {
            return true;
        }
        if (event.data() instanceof BackupCompleted done) {
            progress.done(done.plainBytes());
        } else {
            progress.end();
        }
        console.line("  " + console.faint(String.format("%6.1f s", (System.nanoTime() - startedAt) / 1e9)) + "  "
                + console.bold(String.format("%-21s", EventText.type(event))) + " " + EventText.of(event.data()));
        switch (event.data()) {
            case BackupCompleted it when requestId.equals(event.correlationId()) -> completed = Optional.of(it);
            case BackupVerified it -> verified = Optional.of(it);
            case DeliverySucceeded it when it.eventType().equals(EventType.BACKUP_VERIFIED.type()) -> delivered = true;
            case BackupFailed it -> throw new HoldfastException(FailureKind.PERMANENT, it.code(), "the backup failed in phase "
                    + it.phase() + ": " + it.reason(), it.nextStep());
            case BackupRefuted it -> throw notVerified("refuted with " + it.findingsTotal() + " findings", it.nextStep());
            case BackupUnproven it -> throw notVerified("not proven: " + it.reason() + ": " + it.detail(), it.nextStep());
            case AlertRaised it when it.alert().equals("verification-impossible") -> throw notVerified("not proven: " + it.reason(), it.nextStep());
            default -> { }
        }
        return completed.isEmpty() || verified.isEmpty() || !delivered;
    }

    private static HoldfastException notVerified(String how, String nextStep) {
        return new HoldfastException(FailureKind.PERMANENT, "not-verified", "the backup was " + how, nextStep);
    }

    Duration since() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    boolean over() {
        return completed.isPresent() && verified.isPresent() && delivered;
    }

    String awaited() {
        return completed.isEmpty() ? "backup.completed" : verified.isEmpty() ? "backup.verified"
                : "delivery.succeeded of backup.verified";
    }

    BackupCompleted completed() {
        return completed.orElseThrow();
    }

    BackupVerified verified() {
        return verified.orElseThrow();
    }

    int beats() {
        return beats;
    }

    void end() {
        progress.end();
    }
}
