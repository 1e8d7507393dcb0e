package dev.holdfast.scheduler.fire;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.schedule.CronSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes {@code backup.requested} when a schedule is due. Event and backup id are functions of database, kind and fire
 * time, so that two instances, or one that is not sure whether it published, ask for the same backup. Of several fire times
 * that one late tick finds, only the newest is asked for, because a backup taken now serves them all. Fire times that passed
 * while nobody watched are caught up by the same rule, from the newest one that is known to have fired; a database of which
 * none is known is new, and nothing is caught up. Nothing begins or fires by a view that is behind, since an instance that
 * was stopped for a while does not know what others did meanwhile; but a view that stays behind does not end all backups:
 * after {@link #WITHHELD_AT_MOST} what is due is asked for by what is known, and a request that others made too is one.
 */
public final class FireSchedules {

    private static final Logger LOG = LoggerFactory.getLogger(FireSchedules.class);
    private static final String KIND = "dump";

    /** A clock set back by more is believed; less is a correction that must not fire twice. */
    private static final Duration CORRECTION = Duration.ofMinutes(1);

    /** A fire time that is no older is still now, also where nothing is caught up: a takeover takes about so long. */
    static final Duration NOW = Duration.ofMinutes(2);

    /** For how long a view that is behind keeps what is due. */
    static final Duration WITHHELD_AT_MOST = Duration.ofMinutes(5);

    /** A longer step between two ticks is a clock that jumped, or an instance that was stopped: nothing was waited for. */
    private static final Duration TICK_AT_MOST = Duration.ofSeconds(30);

    private final Map<String, Scheduled> schedules = new LinkedHashMap<>();
    private final Standing standing;
    private final EventPublisher publisher;
    private final String instance;
    private Optional<Instant> withheldAt = Optional.empty();
    private Duration withheld = Duration.ZERO;

    /** What is known of a database beyond its policy. */
    public interface Standing {

        /** Whether this instance fires for it now. */
        boolean fires(String alias);

        /** Whether all that the log told until now is known. Asked once in a tick, and only where something begins or is due. */
        boolean isCurrent();

        /** Whether its schedule is paused. */
        boolean paused(String alias);

        /** The newest fire time of its schedule that was asked for; empty where the schedule is new. */
        Optional<Instant> lastFired(String alias);
    }

    private static final class Scheduled {

        private final HoldfastConfig.Database database;
        private final CronSchedule schedule;
        private Instant ticked;
        private Instant taken;
        private Instant firedUpTo;
        private Instant due;

        Scheduled(HoldfastConfig.Database database, CronSchedule schedule) {
            this.database = database;
            this.schedule = schedule;
        }

        Instant next(Instant now) {
            Instant next = schedule.next(now);
            return next.plus(jitter(next));
        }

        void fired(Instant upTo) {
            firedUpTo = upTo;
            due = next(upTo);
        }

        /** Whether there is anything to decide. A clock that was set back far is believed. */
        boolean isDue(Instant now) {
            if (firedUpTo != null && now.isBefore(ticked.minus(CORRECTION)) && now.isBefore(firedUpTo)) {
                fired(now);
            }
            ticked = now;
            return firedUpTo == null || !due.isAfter(now);
        }

        /** The same for everybody who asks, spread over the policy's jitter. */
        Duration jitter(Instant fireTime) {
            long range = database.politeness().jitter().toSeconds();
            return range == 0 ? Duration.ZERO : Duration.ofSeconds(
                    Math.floorMod(UUID.fromString(Event.idFrom(database.alias(), fireTime.toString())).getLeastSignificantBits(), range));
        }
    }

    /** @param instance the running instance, for the events' extension */
    public FireSchedules(Collection<HoldfastConfig.Database> databases, Standing standing, EventPublisher publisher, String instance) {
        this.standing = standing;
        this.publisher = publisher;
        this.instance = instance;
        for (HoldfastConfig.Database database : databases) {
            database.cron().ifPresent(cron ->
                    schedules.put(database.alias(), new Scheduled(database, CronSchedule.parse(cron, database.zone()))));
        }
    }

    /** When the database is due next, jitter included, or empty where it has no schedule. */
    public Optional<Instant> next(String alias, Instant now) {
        return Optional.ofNullable(schedules.get(alias)).map(scheduled -> scheduled.next(now));
    }

    /** As above, of a policy alone. */
    public static Optional<Instant> next(HoldfastConfig.Database database, Instant now) {
        return database.cron().map(cron -> new Scheduled(database, CronSchedule.parse(cron, database.zone())).next(now));
    }

    /** Whether this instance fires for the database and knows what has fired before. */
    public synchronized boolean fires(String alias) {
        return Optional.ofNullable(schedules.get(alias)).map(scheduled -> scheduled.firedUpTo).isPresent();
    }

    /** Asks for everything that became due since the tick before. What could not be published is due again at the next. */
    public synchronized void tick(Instant now) {
        Optional<Boolean> current = Optional.empty();
        for (Scheduled scheduled : schedules.values()) {
            if (!standing.fires(scheduled.database.alias())) {
                scheduled.firedUpTo = null; // whoever fires for it knows more by now
                scheduled.taken = null;
            } else if (scheduled.isDue(now)) {
                scheduled.taken = scheduled.taken == null || now.isBefore(scheduled.taken) ? now : scheduled.taken;
                current = current.or(() -> Optional.of(mayFire(now)));
                if (current.get()) {
                    guarded(scheduled, now);
                }
            }
        }
        if (current.isEmpty()) {
            withheldAt = Optional.empty();
        }
    }

    private boolean mayFire(Instant now) {
        if (standing.isCurrent()) {
            withheldAt = Optional.empty();
            return true;
        }
        if (withheldAt.isEmpty()) {
            withheld = Duration.ZERO;
            LOG.warn("backups are due, but the log can't be read to its end: they are requested once it can, or in {} all the same",
                    WITHHELD_AT_MOST);
        } else {
            Duration step = Duration.between(withheldAt.get(), now);
            withheld = withheld.plus(step.isNegative() ? Duration.ZERO : step.compareTo(TICK_AT_MOST) > 0 ? TICK_AT_MOST : step);
        }
        withheldAt = Optional.of(now);
        boolean enough = withheld.compareTo(WITHHELD_AT_MOST) >= 0;
        if (enough) {
            LOG.warn("the log could not be read to its end for {}: the backups that are due are requested by what is known; "
                    + "look at the broker and at the partitions of {}", withheld, Topics.EVENTS);
        }
        return enough;
    }

    private void guarded(Scheduled scheduled, Instant now) {
        try {
            due(scheduled, now);
        } catch (HoldfastException e) {
            LOG.warn("the backup of {} that is due could not be requested and is tried again: {}; {}",
                    scheduled.database.alias(), e.getMessage(), e.nextStep());
        }
    }

    private void due(Scheduled scheduled, Instant now) {
        String alias = scheduled.database.alias();
        Optional<Instant> last = standing.lastFired(alias).filter(fired -> fired.isBefore(now));
        if (standing.paused(alias)) {
            scheduled.fired(now);
        } else if (scheduled.firedUpTo == null) {
            // A new database begins when it was taken: what was due while the log was still being read is due.
            scheduled.fired(last.map(fired -> begin(scheduled, fired, now)).orElse(scheduled.taken));
        } else {
            last.filter(fired -> fired.isAfter(scheduled.firedUpTo)).ifPresent(scheduled::fired); // somebody else was faster
        }
        if (!scheduled.due.isAfter(now)) {
            fire(scheduled, now);
        }
    }

    /** Up to where everything has fired, or is not to be caught up. */
    private static Instant begin(Scheduled scheduled, Instant last, Instant now) {
        if (scheduled.database.supervision().catchUp().equals("latest")) {
            return last;
        }
        Instant still = now.minus(NOW);
        Instant from = still.minus(scheduled.database.politeness().jitter());
        from = from.isAfter(last) ? from : last;
        while (scheduled.next(from).isBefore(still)) {
            from = scheduled.schedule.next(from);
        }
        return from;
    }

    private void fire(Scheduled scheduled, Instant now) {
        Instant newest = scheduled.schedule.previous(now.plusNanos(1));
        if (newest.plus(scheduled.jitter(newest)).isAfter(now)) {
            newest = scheduled.schedule.previous(newest); // its own moment is yet to come; the one before is due
        }
        if (newest.isAfter(scheduled.schedule.next(scheduled.firedUpTo))) {
            LOG.warn("{} was due at {} and since; only the newest fire time, {}, is requested", scheduled.database.alias(),
                    scheduled.due, newest);
        }
        publisher.publish(Topics.BACKUP_REQUESTS, request(scheduled, newest, now));
        scheduled.fired(newest);
    }

    /** Its deadline counts from now: a fire time that is caught up has as long as any other. */
    private Event<BackupRequested> request(Scheduled scheduled, Instant fireTime, Instant now) {
        HoldfastConfig.Database database = scheduled.database;
        String id = BackupId.scheduled(database.alias(), KIND, fireTime).toString();
        BackupRequested data = new BackupRequested(database.alias(), KIND, null, fireTime, 1, "scheduler",
                "schedule " + scheduled.schedule.expression(), now.truncatedTo(ChronoUnit.SECONDS).plus(database.deadline()));
        return new Event<>(id, BackupId.SCHEDULER, id, now, id, instance, data);
    }
}
