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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

    /**
     * What was told longer ago stands in a log that may have forgotten already that it was resumed: a partition is deleted by
     * segments, and pauses of all databases were once told without a key. Less than the 90 days that the log keeps.
     */
    static final Duration TELL_UNTIL = Duration.ofDays(89);

    private final Set<Pauses.Pause> doubtful = new HashSet<>();
    private final Pauses pauses;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;

    public KeepPauses(Pauses pauses, EventPublisher publisher, ServiceIdentity identity) {
        this.pauses = pauses;
        this.publisher = publisher;
        this.identity = identity;
    }

    /**
     * Tells what is due, and never what the log ought to have forgotten. The ids are those of what is said on a day, so two instances say one thing.
     *
     * @param now   by the broker's clock, since the log is kept by it
     * @param owned whether this instance speaks for a database; null stands for all of them
     * @throws HoldfastException code {@code broker-unreachable}; what was not said is due again in the next round
     */
    public void round(Instant now, Predicate<String> owned) {
        List<Pauses.Pause> tooOld = pauses.notToldSince(now.minus(TELL_UNTIL));
        tooOld.stream().filter(pause -> owned.test(pause.database())).filter(doubtful::add).forEach(pause -> LOG.warn(
                "{} of {} is paused since {} by {}, but that was told last more than {} ago and may have been resumed since: it is not told again; "
                + "pause it again, or resume it", pause.activity(), named(pause), pause.since(), pause.requester(), TELL_UNTIL));
        for (Pauses.Pause pause : pauses.notToldSince(now.minus(TELL_EVERY))) {
            if (!tooOld.contains(pause) && owned.test(pause.database())) {
                String id = Event.idFrom("still-paused", String.valueOf(pause.database()), pause.activity(), pause.since().toString(),
                        now.truncatedTo(ChronoUnit.DAYS).toString());
                Event<ActivityPaused> again = identity.event(id, null, id, new ActivityPaused(pause.database(), pause.activity(),
                        pause.requester(), pause.reason(), pause.since()));
                publisher.publish(Topics.EVENTS, again);
                pauses.apply(again, now); // what comes back by the log says the same
                LOG.info("{} of {} is paused since {} by {}: told again, since the log forgets", pause.activity(), named(pause),
                        pause.since(), pause.requester());
            }
        }
    }

    private static String named(Pauses.Pause pause) {
        return pause.database() == null ? "all databases" : pause.database();
    }
}
