package dev.holdfast.worker.backup;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.source.ExportedSnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;

/** The snapshot that is dumped, for no longer than the policy lets it hold back vacuum, and not past a cancellation. */
final class HeldSnapshot implements AutoCloseable {

    private final ExportedSnapshot snapshot;
    private final RunControl control;
    private final Runnable abort;
    private final Optional<Future<?>> limit;

    private HeldSnapshot(ExportedSnapshot snapshot, RunControl control, Optional<Future<?>> limit) {
        this.snapshot = snapshot;
        this.control = control;
        this.abort = snapshot::abort;
        this.limit = limit;
        control.onCancel(abort);
    }

    /** @throws HoldfastException as {@link ExportedSnapshot#open} */
    static HeldSnapshot open(Run run, ConnectionSettings settings, RunControl control, Heartbeat heartbeat) {
        Optional<Future<?>> limit = run.policy().politeness().maxDumpAge()
                .map(age -> heartbeat.after(age, () -> control.cancel(tooOld(age))));
        return new HeldSnapshot(ExportedSnapshot.open(settings, run.sessions().toString()), control, limit);
    }

    ExportedSnapshot snapshot() {
        return snapshot;
    }

    private static HoldfastException tooOld(Duration age) {
        return new HoldfastException(FailureKind.PERMANENT, "dump-too-old",
                "Backing up: the dump had not ended when its snapshot was " + age + " old, which is the policy's max-dump-age",
                "Give the backup a quieter hour or faster repositories, or raise max-dump-age; vacuum waits for the snapshot.");
    }

    @Override
    public void close() {
        limit.ifPresent(timer -> timer.cancel(false));
        control.noLonger(abort);
        if (control.isCancelled()) {
            snapshot.abort();
        }
        snapshot.close();
    }
}
