package dev.holdfast.worker.backup;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.repository.AttemptFolder;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.BackupWriter;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Instant;
import java.util.List;

/**
 * One claimed attempt and everything that is fixed about it.
 *
 * @param partBytes the smallest of its repositories', since the copies are identical
 */
record Run(Event<BackupRequested> request, HoldfastConfig.Database policy, AttemptFolder folder,
        List<BackupWriter> writers, long partBytes, Instant startedAt, Instant deadline) {

    String alias() {
        return policy.alias();
    }

    BackupId id() {
        return folder.id();
    }

    int attempt() {
        return folder.attempt();
    }

    /** Shown in the source's {@code pg_stat_activity}; a successor finds and ends an older attempt's sessions by it. */
    String applicationName() {
        return applicationNames() + attempt();
    }

    /** What the application names of all attempts at this backup begin with. */
    String applicationNames() {
        return "holdfast/" + id() + "/";
    }

    /** The same request for the next attempt; it keeps the deadline, so that giving a run back never prolongs it. */
    Event<BackupRequested> again() {
        BackupRequested asked = request.data();
        return new Event<>(request.id(), request.source(), request.subject(), request.time(), request.correlationId(),
                request.instance(), new BackupRequested(asked.database(), asked.kind(), asked.repositories(),
                        asked.fireTime(), attempt() + 1, asked.requester(), asked.reason(), deadline));
    }

    boolean encrypted() {
        return !policy.encryption().none();
    }
}
