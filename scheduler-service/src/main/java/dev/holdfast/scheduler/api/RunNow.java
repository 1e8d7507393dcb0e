package dev.holdfast.scheduler.api;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.repository.BackupId;
import dev.holdfast.scheduler.catalog.Run;
import dev.holdfast.scheduler.catalog.Runs;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventPublisher;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Asks for a backup at once. The same idempotency key asks once, also across restarts while the log remembers the run. */
public final class RunNow {

    private static final int KEYS_REMEMBERED = 10_000;

    private final Runs runs;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;
    private final Clock clock;
    private final Map<String, String> recent = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > KEYS_REMEMBERED;
        }
    };

    public RunNow(Runs runs, EventPublisher publisher, ServiceIdentity identity, Clock clock) {
        this.runs = runs;
        this.publisher = publisher;
        this.identity = identity;
        this.clock = clock;
    }

    /**
     * Returns once the broker has the request.
     *
     * @param key empty for a request of its own
     * @return the backup's id
     * @throws dev.holdfast.failure.HoldfastException code {@code broker-unreachable}
     */
    synchronized String request(HoldfastConfig.Database database, Optional<String> key, String requester, String reason) {
        String requestId = "run-now-" + database.alias() + "-" + key.orElseGet(() -> UUID.randomUUID().toString());
        Optional<String> before = Optional.ofNullable(recent.get(requestId))
                .or(() -> runs.ofRequest(database.alias(), requestId).map(Run::backupId));
        if (before.isPresent()) {
            return before.get();
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Event<BackupRequested> request = new Event<>(requestId, BackupId.SCHEDULER, null, now, requestId, identity.instance(),
                new BackupRequested(database.alias(), "dump", null, null, 1, requester, reason, now.plus(database.deadline())));
        publisher.publish(Topics.BACKUP_REQUESTS, request);
        String id = BackupId.of(request).toString();
        recent.put(requestId, id);
        return id;
    }
}
