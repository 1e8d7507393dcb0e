package dev.holdfast.worker.backup;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.source.SessionName;
import dev.holdfast.repository.AttemptFolder;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.BackupWriter;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * One claimed attempt and everything that is fixed about it.
 *
 * @param partBytes  the smallest of its repositories', since the copies are identical
 * @param supervised whether it is dispatched again when it is deferred or released
 */
record Run(Event<BackupRequested> request, HoldfastConfig.Database policy, AttemptFolder folder,
        List<BackupWriter> writers, long partBytes, Instant startedAt, Instant deadline, boolean supervised) {

    String alias() {
        return policy.alias();
    }

    BackupId id() {
        return folder.id();
    }

    int attempt() {
        return folder.attempt();
    }

    /** Tries before this one that failed or went silent. */
    int failures() {
        return Objects.requireNonNullElse(request.data().failures(), 0);
    }

    /** Shown in the source's {@code pg_stat_activity}; a successor finds and ends an older attempt's sessions by it. */
    SessionName sessions() {
        return SessionName.of(id().toString(), attempt());
    }

    /** @throws HoldfastException code {@code deadline-passed}, where it had passed when the run was claimed */
    void requireTimeLeft() {
        if (!deadline.isAfter(startedAt)) {
            throw RunControl.deadlinePassed(deadline);
        }
    }

    boolean encrypted() {
        return !policy.encryption().none();
    }
}
