package dev.holdfast.scheduler.alert;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.service.messaging.LogPosition;
import java.time.Clock;
import java.util.List;

/** What alerts are decided by beyond the catalog, folded from the log and the pulse: runs, heartbeats, and the alerts themselves. */
public final class Observed {

    private final RunHistory runs = new RunHistory();
    private final Heartbeats beats = new Heartbeats();
    private final StandingAlerts standing = new StandingAlerts();
    private final Clock clock;

    /** @param clock this machine's */
    public Observed(Clock clock) {
        this.clock = clock;
    }

    /** Folds one event of the log, or one beat, in. */
    public void apply(Event<? extends Payload> event, LogPosition position) {
        if (position.topic().equals(Topics.PROGRESS)) {
            beats.beat(event, position);
            runs.beat(event, position.appended(), beats.elapsed());
        } else {
            runs.apply(event);
            standing.apply(event);
        }
    }

    /** The alerts that were raised and not resolved, oldest first. */
    public List<StandingAlert> standing() {
        return standing.all();
    }

    /** What time it may be. */
    Times times() {
        return Times.of(clock.instant(), beats.brokerTime());
    }

    RunHistory runs() {
        return runs;
    }

    Heartbeats beats() {
        return beats;
    }

    StandingAlerts alerts() {
        return standing;
    }
}
