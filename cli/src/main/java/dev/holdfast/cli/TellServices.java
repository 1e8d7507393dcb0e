package dev.holdfast.cli;

import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.cli.log.Requests;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.scheduler.control.PauseActivities;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.pause.Pauses;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Appends what was decided about a pause and waits until every instance that acts on it says that it has read that far: a
 * beat without lag, some time after the event.
 */
final class TellServices {

    /** Lag is measured a moment before the beat that tells it. */
    private static final Duration MEASURED = Duration.ofSeconds(2);
    private static final Duration ALIVE = Duration.ofSeconds(20);

    private final HoldfastCommand holdfast;
    private final String service;
    private final Map<String, Instant> lastBeat = new HashMap<>();
    private final TreeSet<String> seenBy = new TreeSet<>();
    private String eventId;
    private Instant appendedAt;

    TellServices(HoldfastCommand holdfast, String activity) {
        this.holdfast = holdfast;
        this.service = (activity.equals(PauseActivities.PRUNE) ? ServiceRole.RETENTION : ServiceRole.SCHEDULER).service();
    }

    /**
     * @param decided from the pauses that hold now, or refuses
     * @return the instances that have seen it
     * @throws HoldfastException code {@code wait-timed-out} where one of them, or all, stayed silent: the event stands
     */
    <P extends Payload> List<String> tell(HoldfastConfig config, Duration timeout, Function<Pauses, P> decided) {
        Map<String, Object> client = KafkaAccess.client(config, holdfast.surroundings().environment());
        LogViews views = new LogViews(config);
        try (KafkaLog log = KafkaLog.open(client, List.of(Topics.EVENTS, Topics.PROGRESS), true)) {
            log.follow((event, appended) -> {
                views.apply(event, appended);
                beat(event, appended);
                return true;
            }, () -> !log.caughtUp());
            Event<P> event = Event.of(KafkaAccess.SOURCE, holdfast.surroundings().clock().instant(), decided.apply(views.pauses));
            eventId = event.id();
            try (Requests requests = new Requests(client)) {
                requests.publish(event);
            }
            holdfast.console().line("It is on the log; waiting until the " + service + " has seen it ...");
            WaitLimit limit = new WaitLimit(timeout);
            log.follow((heard, appended) -> {
                beat(heard, appended);
                return !seenByAll();
            }, () -> inTime(limit));
        }
        return List.copyOf(seenBy);
    }

    private void beat(Event<? extends Payload> event, Instant appended) {
        if (event.id().equals(eventId)) {
            appendedAt = appended;
        }
        if (event.data() instanceof ServiceAlive alive && alive.service().equals(service)) {
            lastBeat.put(alive.instance(), appended);
            if (appendedAt != null && alive.lag() != null && alive.lag() == 0 && appended.isAfter(appendedAt.plus(MEASURED))) {
                seenBy.add(alive.instance());
            }
        }
    }

    private boolean seenByAll() {
        return appendedAt != null && !seenBy.isEmpty() && lastBeat.entrySet().stream()
                .filter(beat -> beat.getValue().isAfter(appendedAt.minus(ALIVE))).allMatch(beat -> seenBy.contains(beat.getKey()));
    }

    private boolean inTime(WaitLimit limit) {
        if (limit.over()) {
            throw new HoldfastException(FailureKind.RETRIABLE, "wait-timed-out", "waiting until every " + service + " has seen it: "
                    + (seenBy.isEmpty() ? "none has said so" : "only " + seenBy + " said so"), "it is on the log and holds as soon as they"
                    + " read it; see with holdfast status whether they are alive");
        }
        return true;
    }
}
