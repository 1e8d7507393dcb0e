package dev.holdfast.scheduler.alert;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.AlertResolved;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what stands by the view with what was told, and says the difference: raised once, a reminder at each interval,
 * resolved. Ids are functions of what is said, so that two instances which both act for a database for a moment say one thing.
 */
final class RaiseAlerts {

    private static final Logger LOG = LoggerFactory.getLogger(RaiseAlerts.class);

    private final StandingAlerts standing;
    private final Duration remindEvery;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;

    RaiseAlerts(StandingAlerts standing, Duration remindEvery, EventPublisher publisher, ServiceIdentity identity) {
        this.standing = standing;
        this.remindEvery = remindEvery;
        this.publisher = publisher;
        this.identity = identity;
    }

    /**
     * One round.
     *
     * @param owned whether this instance speaks for a database; null stands for what concerns none
     * @throws HoldfastException code {@code broker-unreachable}; what was not said is due again in the next round
     */
    void round(Findings findings, Instant now, Predicate<String> owned) {
        Set<AlertKey> found = new HashSet<>();
        for (Alert alert : findings.alerts()) {
            if (found.add(alert.key()) && owned.test(alert.key().database())) {
                tell(alert, now);
            }
        }
        for (StandingAlert told : standing.all()) {
            AlertKey key = told.key();
            boolean settled = !told.elsewhere() || now.isAfter(told.since().plus(ProofAlerts.SETTLED)); // its cause may be read after it
            if (!found.contains(key) && settled && !findings.isUnknown(key) && owned.test(key.database())) {
                say(told.correlationId(), id("alert-resolved", key, told.since(), 0), key.about(),
                        new AlertResolved(key.database(), key.name().text(), key.about(), told.since(), findings.whyOver(key)));
                LOG.info("resolved: {} of {} about {}, since {}", key.name().text(), key.database(), key.about(), told.since());
            }
        }
    }

    private void tell(Alert alert, Instant now) {
        Optional<StandingAlert> told = standing.find(alert.key());
        if (told.isEmpty()) {
            Instant since = alert.since().truncatedTo(ChronoUnit.SECONDS);
            Instant after = standing.resolved(alert.key()).map(ended -> ended.plusMillis(1)).orElse(since);
            raise(alert, since.isBefore(after) ? later(now, after) : since, 0, null);
        } else if (!now.isBefore(told.get().told().plus(remindEvery))) {
            raise(alert, told.get().since(), told.get().reminder() + 1, told.get().correlationId());
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private void raise(Alert alert, Instant since, int reminder, String correlationId) {
        AlertKey key = alert.key();
        String id = id("alert", key, since, reminder);
        say(correlationId == null ? id : correlationId, id, key.about(), new AlertRaised(key.database(), key.name().text(),
                alert.severity(), key.about(), alert.reason(), alert.nextStep(), since, reminder));
        LOG.warn("{} {} of {} about {}: {}", reminder == 0 ? "raised:" : "still:", key.name().text(), key.database(), key.about(),
                alert.reason());
    }

    /** The fold has it at once; what comes back by the log says the same. */
    private void say(String correlationId, String id, String subject, Payload data) {
        Event<? extends Payload> event = identity.event(id, subject, correlationId, data);
        publisher.publish(Topics.EVENTS, event);
        standing.apply(event);
    }

    private static String id(String what, AlertKey key, Instant since, int reminder) {
        return Event.idFrom(what, key.name().text(), String.valueOf(key.database()), String.valueOf(key.about()), since.toString(),
                Integer.toString(reminder));
    }
}
