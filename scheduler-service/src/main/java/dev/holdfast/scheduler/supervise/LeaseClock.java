package dev.holdfast.scheduler.supervise;

import java.time.Duration;
import java.time.Instant;

/**
 * Time as it passed on the broker while this instance listened to the pulse. It follows the append times of the pulse's
 * records, so neither a worker's nor this machine's clock matters; a gap counts no more than {@link #MOST_PER_GAP}, since in
 * an outage, or while this instance was stopped, nobody could be heard; a clock that was set back counts as nothing. So no
 * run is called silent for a time in which it could not have been heard. Every service beats every five seconds, which
 * keeps it going.
 */
public final class LeaseClock {

    /** Above the time between two beats of any service, below the shortest sensible lease. */
    static final Duration MOST_PER_GAP = Duration.ofSeconds(10);

    private long elapsed;
    private Instant last;

    /** A record of the pulse was appended then. */
    public synchronized void advance(Instant appended) {
        if (last != null && appended.isAfter(last)) {
            elapsed += Math.min(MOST_PER_GAP.toMillis(), Duration.between(last, appended).toMillis());
        }
        if (last == null || appended.isAfter(last) || Duration.between(appended, last).compareTo(MOST_PER_GAP) > 0) {
            last = appended; // several partitions are read in turn: a little earlier is no clock that was set back
        }
    }

    /** Milliseconds since this instance first heard the pulse. */
    public synchronized long elapsed() {
        return elapsed;
    }

    /** The newest time on the broker that is known; null before the first record. */
    synchronized Instant brokerTime() {
        return last;
    }
}
