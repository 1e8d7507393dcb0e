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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes {@code backup.requested} when a schedule is due. Event and backup id are functions of database, kind and fire
 * time, so that two instances, or one that is not sure whether it published, ask for the same backup. What was due before
 * the first tick is never caught up; of several fire times that one late tick finds, only the newest is asked for,
 * because a backup taken now serves them all.
 */
public final class FireSchedules {

    private static final Logger LOG = LoggerFactory.getLogger(FireSchedules.class);
    private static final String KIND = "dump";

    /** A clock set back by more is believed; less is a correction that must not fire twice. */
    private static final Duration CORRECTION = Duration.ofMinutes(1);

    private final Map<String, Scheduled> schedules = new LinkedHashMap<>();
    private final EventPublisher publisher;
    private final String instance;

    private static final class Scheduled {

        private final HoldfastConfig.Database database;
        private final CronSchedule schedule;
        private Instant firedUpTo;

        Scheduled(HoldfastConfig.Database database, CronSchedule schedule) {
            this.database = database;
            this.schedule = schedule;
        }
    }

    /** @param instance the running instance, for the events' extension */
    public FireSchedules(Collection<HoldfastConfig.Database> databases, EventPublisher publisher, String instance) {
        this.publisher = publisher;
        this.instance = instance;
        for (HoldfastConfig.Database database : databases) {
            database.cron().ifPresent(cron ->
                    schedules.put(database.alias(), new Scheduled(database, CronSchedule.parse(cron, database.zone()))));
        }
    }

    /** When the database is due next, or empty where it has no schedule. */
    public Optional<Instant> next(String alias, Instant now) {
        return Optional.ofNullable(schedules.get(alias)).map(scheduled -> scheduled.schedule.next(now));
    }

    /** Asks for everything that became due since the tick before. What could not be published is due again at the next. */
    public synchronized void tick(Instant now) {
        for (Scheduled scheduled : schedules.values()) {
            try {
                tick(scheduled, now);
            } catch (HoldfastException e) {
                LOG.warn("the backup of {} that is due could not be requested and is tried again: {}; {}",
                        scheduled.database.alias(), e.getMessage(), e.nextStep());
            }
        }
    }

    private void tick(Scheduled scheduled, Instant now) {
        if (scheduled.firedUpTo == null || now.isBefore(scheduled.firedUpTo.minus(CORRECTION))) {
            scheduled.firedUpTo = now;
            return;
        }
        Instant due = scheduled.schedule.next(scheduled.firedUpTo);
        if (due.isAfter(now)) {
            return;
        }
        Instant newest = scheduled.schedule.previous(now.plusNanos(1));
        if (newest.isAfter(due)) {
            LOG.warn("{} was due at {} and since; only the newest fire time, {}, is requested", scheduled.database.alias(), due, newest);
        }
        publisher.publish(Topics.BACKUP_REQUESTS, request(scheduled, newest, now));
        scheduled.firedUpTo = now;
    }

    private Event<BackupRequested> request(Scheduled scheduled, Instant fireTime, Instant now) {
        HoldfastConfig.Database database = scheduled.database;
        String id = BackupId.scheduled(database.alias(), KIND, fireTime).toString();
        BackupRequested data = new BackupRequested(database.alias(), KIND, null, fireTime, 1, "scheduler",
                "schedule " + scheduled.schedule.expression(), fireTime.plus(database.deadline()));
        return new Event<>(id, BackupId.SCHEDULER, id, now, id, instance, data);
    }
}
