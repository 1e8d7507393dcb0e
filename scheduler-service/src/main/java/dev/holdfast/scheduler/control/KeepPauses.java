package dev.holdfast.scheduler.control;

import dev.holdfast.events.ActivityPaused;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.pause.Pauses;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells pauses that stand again before the log forgets them, with who, why and since when: a pause ends because somebody
 * resumes it and for no other reason.
 */
public final class KeepPauses {

    private static final Logger LOG = LoggerFactory.getLogger(KeepPauses.class);

    /** A third of what the log keeps: two months in which no scheduler runs lose nothing. */
    static final Duration TELL_EVERY = Duration.ofDays(30);

    private final Pauses pauses;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;

    public KeepPauses(Pauses pauses, EventPublisher publisher, ServiceIdentity identity) {
        this.pauses = pauses;
        this.publisher = publisher;
        this.identity = identity;
    }

    /**
     * Tells what is due. The ids are those of what is said on a day, so two instances say one thing.
     *
     * @param now   by the broker's clock, since the log is kept by it
     * @param owned whether this instance speaks for a database; null stands for all of them
     * @throws HoldfastException code {@code broker-unreachable}; what was not said is due again in the next round
     */
    public void round(Instant now, Predicate<String> owned) {
        for (Pauses.Pause pause : pauses.notToldSince(now.minus(TELL_EVERY))) {
            if (owned.test(pause.database())) {
                String id = Event.idFrom("still-paused", String.valueOf(pause.database()), pause.activity(), pause.since().toString(),
                        now.truncatedTo(ChronoUnit.DAYS).toString());
                Event<ActivityPaused> again = identity.event(id, null, id, new ActivityPaused(pause.database(), pause.activity(),
                        pause.requester(), pause.reason(), pause.since()));
                publisher.publish(Topics.EVENTS, again);
                pauses.apply(again, now); // what comes back by the log says the same
                LOG.info("{} of {} is paused since {} by {}: told again, since the log forgets", pause.activity(),
                        pause.database() == null ? "all databases" : pause.database(), pause.since(), pause.requester());
            }
        }
    }
}
