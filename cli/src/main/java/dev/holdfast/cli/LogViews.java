package dev.holdfast.cli;

import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.scheduler.alert.StandingAlerts;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.scheduler.catalog.Runs;
import dev.holdfast.scheduler.status.LivingServices;
import dev.holdfast.scheduler.supervise.SupervisedRuns;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.pause.Pauses;
import dev.holdfast.service.messaging.LogPosition;
import java.time.Instant;

/** What the scheduler keeps, built here from the same log: a command needs the broker, and no scheduler. */
final class LogViews {

    final Catalog catalog;
    final Runs runs = new Runs();
    final SupervisedRuns supervised = new SupervisedRuns();
    final Pauses pauses = new Pauses();
    final StandingAlerts alerts = new StandingAlerts();
    final LivingServices services = new LivingServices(Instant.EPOCH);

    LogViews(HoldfastConfig config) {
        this.catalog = new Catalog(config::proofLevel);
    }

    /** Everything that was there when the log was opened. */
    void catchUp(KafkaLog log) {
        log.follow((event, appended) -> {
            apply(event, appended);
            return true;
        }, () -> !log.caughtUp());
    }

    void apply(Event<? extends Payload> event, Instant appended) {
        try {
            catalog.apply(event);
        } catch (IllegalArgumentException e) {
            return; // names no backup; the scheduler, which reads the same, logs it
        }
        runs.apply(event);
        supervised.apply(event, appended);
        supervised.beat(event, new LogPosition(event.type().topic(), 0, 0, appended, event.key()));
        pauses.apply(event, appended);
        alerts.apply(event);
        services.apply(event, appended);
    }
}
