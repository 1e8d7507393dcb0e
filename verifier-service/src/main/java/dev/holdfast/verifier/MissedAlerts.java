package dev.holdfast.verifier;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Proof;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.VerificationDocument;
import dev.holdfast.repository.VerificationReader;
import dev.holdfast.service.messaging.EventHandler;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises what a verifier that ended between storing a result and telling of it did not raise. An alert's id is a function
 * of its evidence, so the log tells which were raised.
 */
final class MissedAlerts implements EventHandler {

    private static final Logger LOG = LoggerFactory.getLogger(MissedAlerts.class);
    /** Less: the prover may be about to tell. More: the log may have forgotten that it was told (it is kept 90 days). */
    private static final Duration NOT_BEFORE = Duration.ofMinutes(1);
    private static final Duration NOT_AFTER = Duration.ofDays(30);

    private final ProofEvents events;
    private final UnaryOperator<String> level;
    private final EventPublisher publisher;
    private final Clock clock;
    private final Set<String> raised = ConcurrentHashMap.newKeySet();

    /** @param level what the policy of a database, by alias, calls verified */
    MissedAlerts(ProofEvents events, UnaryOperator<String> level, EventPublisher publisher, Clock clock) {
        this.level = level;
        this.events = events;
        this.publisher = publisher;
        this.clock = clock;
    }

    @Override
    public void handle(Event<? extends Payload> event, LogPosition position) {
        if (event.data() instanceof AlertRaised alert && (alert.alert().equals("refuted") || alert.alert().equals("unproven"))) {
            raised.add(event.id());
        }
    }

    /** Looks at the newest result of a copy. To be asked only once the log was read. */
    void look(Repository repository, ManifestDocument manifest) {
        List<VerificationDocument> results = repository.verifications().of(manifest);
        results.stream().findFirst().filter(this::isOfInterest).ifPresent(proof -> raise(manifest, proof,
                VerificationReader.proof(results, level.apply(manifest.alias()))));
    }

    private boolean isOfInterest(VerificationDocument proof) {
        Instant ended = proof.verification().endedAt();
        return ended.isBefore(clock.instant().minus(NOT_BEFORE)) && ended.isAfter(clock.instant().minus(NOT_AFTER));
    }

    private void raise(ManifestDocument manifest, VerificationDocument proof, Proof standing) {
        String correlationId = manifest.id().toString();
        events.alert(proof, Optional.of(standing), correlationId).filter(alert -> raised.add(alert.id())).ifPresent(alert -> {
            LOG.warn("The result {} of backup {} was stored and never told", proof.verification().outcome(), manifest.id());
            publisher.publish(Topics.EVENTS, events.of(manifest, proof, correlationId));
            publisher.publish(Topics.EVENTS, alert);
        });
    }
}
