package dev.holdfast.scheduler.accept;

import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.repository.BackupId;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventHandler;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
import java.time.Instant;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the request topics as a log and appends {@code backup.accepted} and {@code verification.accepted}. Their ids are
 * functions of the request, so an event that a restart or a second instance appends again is recognisable. A request that
 * no worker can do (unknown database, no time or one that is far away) gets no acceptance: the worker that claims it appends the failure.
 */
public final class AcceptRequests implements EventHandler {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptRequests.class);

    private final Set<String> databases;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;

    /** @param databases the configured aliases */
    public AcceptRequests(Set<String> databases, EventPublisher publisher, ServiceIdentity identity) {
        this.databases = Set.copyOf(databases);
        this.publisher = publisher;
        this.identity = identity;
    }

    @Override
    public void handle(Event<? extends Payload> event, LogPosition position) {
        String database = event.data().database();
        if (database == null || !databases.contains(database)) {
            LOG.info("request {} of {} names no configured database; the worker reports it", event.id(), event.source());
            return;
        }
        switch (event.data()) {
            case BackupRequested request -> backup(event, request, position.appended());
            case VerificationRequested request -> verification(event, request);
            default -> LOG.warn("{} at offset {} is not a request", position.topic(), position.offset());
        }
    }

    private void backup(Event<? extends Payload> event, BackupRequested request, Instant asked) {
        BackupId id;
        try {
            id = BackupId.of(new Event<>(event.id(), event.source(), event.subject(), event.time(), event.correlationId(),
                    event.instance(), request));
            id.requireAcceptable(asked);
        } catch (IllegalArgumentException e) {
            LOG.warn("the request {} of {} is not accepted, its worker reports it: {}", event.id(), event.source(), e.getMessage());
            return;
        }
        String requester = request.requester() == null ? event.source() : request.requester();
        append("accepted-" + id, id.toString(), event,
                new BackupAccepted(request.database(), id.kind(), id.toString(), id.fireTime(), requester));
    }

    private void verification(Event<? extends Payload> event, VerificationRequested request) {
        String requester = request.requester() == null ? event.source() : request.requester();
        append("accepted-" + event.source() + "-" + event.id(), request.backupId(), event, new VerificationAccepted(
                request.database(), request.backupId(), request.level() == null ? "equal" : request.level(), requester));
    }

    private void append(String id, String subject, Event<? extends Payload> request, Payload data) {
        String correlation = request.correlationId() == null ? request.id() : request.correlationId();
        publisher.publish(Topics.EVENTS, identity.event(id, subject, correlation, data));
    }
}
