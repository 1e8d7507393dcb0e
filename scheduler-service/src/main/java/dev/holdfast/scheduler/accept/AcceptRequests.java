package dev.holdfast.scheduler.accept;

import dev.holdfast.events.AcceptedRequest;
import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.repository.BackupId;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventHandler;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the request topics as a log and appends {@code backup.accepted} and {@code verification.accepted}. Their ids are
 * functions of the request, so an event that a restart or a second instance appends again is recognisable. A request that
 * no worker can do (unknown database, no time or one that is far away) gets no acceptance: the worker that claims it appends the failure.
 */
public final class AcceptRequests implements EventHandler {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptRequests.class);

    private final Map<String, HoldfastConfig.Database> databases;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;

    /** @param databases the configured ones, by alias */
    public AcceptRequests(Map<String, HoldfastConfig.Database> databases, EventPublisher publisher, ServiceIdentity identity) {
        this.databases = Map.copyOf(databases);
        this.publisher = publisher;
        this.identity = identity;
    }

    @Override
    public void handle(Event<? extends Payload> event, LogPosition position) {
        String database = event.data().database();
        if (database == null || !databases.containsKey(database)) {
            LOG.info("request {} of {} names no configured database; the worker reports it", event.id(), event.source());
            return;
        }
        switch (event.data()) {
            case BackupRequested request -> backup(event, request, position);
            case VerificationRequested request -> verification(event, request, position);
            default -> LOG.warn("{} at offset {} is not a request", position.topic(), position.offset());
        }
    }

    private void backup(Event<? extends Payload> event, BackupRequested request, LogPosition position) {
        BackupId id;
        try {
            id = BackupId.of(new Event<>(event.id(), event.source(), event.subject(), event.time(), event.correlationId(),
                    event.instance(), request));
            id.requireAcceptable(position.appended());
        } catch (IllegalArgumentException e) {
            LOG.warn("the request {} of {} is not accepted, its worker reports it: {}", event.id(), event.source(), e.getMessage());
            return;
        }
        String requester = request.requester() == null ? event.source() : request.requester();
        int attempt = Objects.requireNonNullElse(request.attempt(), 1);
        Instant deadline = request.deadline() != null ? request.deadline()
                : event.time().plus(databases.get(request.database()).deadline());
        append(attempt == 1 ? "accepted-" + id : "accepted-" + id + "-" + attempt, id.toString(), event,
                new BackupAccepted(request.database(), id.kind(), id.toString(), id.fireTime(), requester,
                        new AcceptedRequest(event.id(), event.source(), event.time(), position.offset(), attempt,
                                request.failures(), request.repositories(), null, request.fireTime(), request.reason(), deadline)));
    }

    private void verification(Event<? extends Payload> event, VerificationRequested request, LogPosition position) {
        String requester = request.requester() == null ? event.source() : request.requester();
        int attempt = Objects.requireNonNullElse(request.attempt(), 1);
        String level = request.level() == null ? databases.get(request.database()).verify().level() : request.level();
        append("accepted-" + event.source() + "-" + event.id() + (attempt == 1 ? "" : "-" + attempt), request.backupId(), event,
                new VerificationAccepted(request.database(), request.backupId(), level, requester,
                        new AcceptedRequest(event.id(), event.source(), event.time(), position.offset(), attempt,
                                request.failures(), null, request.repository(), null, request.reason(), null)));
    }

    private void append(String id, String subject, Event<? extends Payload> request, Payload data) {
        String correlation = request.correlationId() == null ? request.id() : request.correlationId();
        publisher.publish(Topics.EVENTS, identity.event(id, subject, correlation, data));
    }
}
