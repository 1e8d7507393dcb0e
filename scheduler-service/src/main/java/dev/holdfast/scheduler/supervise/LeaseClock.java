package dev.holdfast.scheduler.supervise;

import dev.holdfast.service.messaging.LogPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Time as it passed on the broker while this instance listened to the pulse. It follows the append times of the pulse's
 * records, so neither a worker's nor this machine's clock matters; a gap counts no more than {@link #MOST_PER_GAP} and half
 * a lease, since in an outage, or while this instance was stopped, nobody could be heard; a clock that was set back counts as nothing. So no
 * run is called silent for a time in which it could not have been heard. Every service beats every five seconds, which
 * keeps it going. The partitions of a backlog are read one after the other: only what is newer than anything read before
 * moves the clock, and whoever concludes from it has read the pulse to its end.
 */
public final class LeaseClock {

    /** Above the time between two beats of any service, below the shortest sensible lease. */
    static final Duration MOST_PER_GAP = Duration.ofSeconds(10);

    private final Duration mostPerGap;
    private final Map<Integer, Instant> newest = new HashMap<>();
    private long elapsed;
    private Instant last;

    /** For whoever counts nothing shorter than a minute. */
    public LeaseClock() {
        this(MOST_PER_GAP.multipliedBy(2));
    }

    /** @param lease the shortest silence that anything is concluded from; an outage alone never is one */
    LeaseClock(Duration lease) {
        Duration half = lease.dividedBy(2);
        this.mostPerGap = half.compareTo(MOST_PER_GAP) < 0 ? half : MOST_PER_GAP;
    }

    /** That record of the pulse was read. */
    public synchronized void advance(LogPosition position) {
        Instant appended = position.appended();
        Instant before = newest.put(position.partition(), appended);
        boolean setBack = before != null && Duration.between(appended, before).compareTo(MOST_PER_GAP) > 0;
        if (last != null && appended.isAfter(last)) {
            elapsed += Math.min(mostPerGap.toMillis(), Duration.between(last, appended).toMillis());
        }
        if (last == null || appended.isAfter(last) || setBack) {
            last = appended;
        }
    }

    /** Milliseconds since this instance first heard the pulse. */
    public synchronized long elapsed() {
        return elapsed;
    }

    /** The newest time on the broker that is known; null before the first record. */
    public synchronized Instant brokerTime() {
        return last;
    }
}
