package dev.holdfast.scheduler;

import dev.holdfast.events.Topics;
import dev.holdfast.scheduler.accept.AcceptRequests;
import dev.holdfast.scheduler.alert.Alerting;
import dev.holdfast.scheduler.alert.ListOrphans;
import dev.holdfast.scheduler.alert.Observed;
import dev.holdfast.scheduler.api.ApiBeans;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.scheduler.catalog.FollowCatalog;
import dev.holdfast.scheduler.catalog.ReadRepositories;
import dev.holdfast.scheduler.catalog.Runs;
import dev.holdfast.scheduler.control.KeepPauses;
import dev.holdfast.scheduler.control.KeepingPauses;
import dev.holdfast.scheduler.fire.FireSchedules;
import dev.holdfast.scheduler.fire.Ticking;
import dev.holdfast.scheduler.status.LivingServices;
import dev.holdfast.scheduler.supervise.Ownership;
import dev.holdfast.scheduler.supervise.SupervisedRuns;
import dev.holdfast.scheduler.supervise.Supervising;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.BrokerView;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.service.messaging.ServiceBeats;
import dev.holdfast.service.metrics.BackupMetrics;
import dev.holdfast.service.pause.Pauses;
import dev.holdfast.service.repositories.Repositories;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Asks for backups when they are due, accepts every request, keeps the catalog and answers on the local machine. */
@Configuration(proxyBeanMethods = false)
@Import(ApiBeans.class)
public class SchedulerService {

    /** What is concluded from silence, or from nothing having been told, is concluded from a view that is read to its end. */
    private static final Duration FRESH_WITHIN = Duration.ofSeconds(5);

    /** Without a fresh view for longer an instance does not say that it lives: whoever watches from outside is to know. */
    private static final Duration WELL_WITHIN = Duration.ofMinutes(5);

    /** The consumer groups that read the request topics as a log begin so. */
    static final String GROUP = "holdfast-scheduler";

    public static void main(String[] args) {
        HoldfastService.launch(SchedulerService.class, "scheduler-service", args);
    }

    @Bean
    FireSchedules fireSchedules(HoldfastConfig config, FireSchedules.Standing standing, EventPublisher publisher,
            ServiceIdentity identity) {
        return new FireSchedules(config.databases().values(), standing, publisher, identity.instance());
    }

    /** Nothing fires before the view is current: it would not be known what has fired already. */
    @Bean
    FireSchedules.Standing standing(FollowCatalog following, Catalog catalog, Ownership ownership, Pauses pauses) {
        return new FireSchedules.Standing() {

            @Override
            public boolean fires(String alias) {
                return following.isCurrent() && ownership.owns(alias);
            }

            @Override
            public boolean isCurrent() {
                return following.awaitLog(FRESH_WITHIN);
            }

            @Override
            public boolean paused(String alias) {
                return pauses.of(alias, "backup").isPresent();
            }

            @Override
            public Optional<Instant> lastFired(String alias) {
                return catalog.lastFired(alias, "dump");
            }
        };
    }

    @Bean
    LivingServices livingServices(Clock clock) {
        return new LivingServices(clock.instant());
    }

    @Bean
    Pauses pauses() {
        return new Pauses();
    }

    @Bean
    SupervisedRuns supervisedRuns(HoldfastConfig config) {
        return new SupervisedRuns(config.scheduler().lease());
    }

    @Bean
    Ownership ownership(LogFollowers followers, BrokerView broker) {
        return new Ownership(followers, broker, GROUP + "-owners");
    }

    @Bean
    Supervising supervising(SupervisedRuns runs, Ownership ownership, FollowCatalog following, HoldfastConfig config,
            BrokerView broker, EventPublisher publisher, ServiceIdentity identity) {
        return new Supervising(runs, ownership, () -> following.awaitFresh(FRESH_WITHIN), config, broker, publisher, identity);
    }

    @Bean
    KeepingPauses keepingPauses(Pauses pauses, SupervisedRuns runs, Ownership ownership, FollowCatalog following,
            EventPublisher publisher, ServiceIdentity identity) {
        KeepPauses keep = new KeepPauses(pauses, publisher, identity);
        return new KeepingPauses(() -> {
            if (following.awaitFresh(FRESH_WITHIN)) {
                runs.brokerTime().ifPresent(now -> keep.round(now, ownership::speaksFor));
            }
        });
    }

    @Bean
    Observed observed(Clock clock) {
        return new Observed(clock);
    }

    @Bean
    Alerting alerting(HoldfastConfig config, Catalog catalog, Pauses pauses, Observed observed, Repositories repositories,
            BrokerView broker, Ownership ownership, EventPublisher publisher, ServiceIdentity identity, Clock clock, FollowCatalog following,
            MeterRegistry meters, @Value("${holdfast.alerts.every:10s}") Duration every, @Value("${holdfast.alerts.orphans-every:6h}") Duration orphansEvery) {
        return new Alerting(config, catalog, pauses, observed, new ListOrphans(config.databases().values(), repositories.all()), broker,
                ownership, publisher, identity, clock, following, meters, new Alerting.Pace(every, orphansEvery));
    }

    @Bean
    Ticking ticking(FireSchedules schedules, Clock clock, @Value("${holdfast.tick:1s}") Duration every) {
        return new Ticking(schedules, clock, every);
    }

    @Bean
    AcceptRequests acceptRequests(HoldfastConfig config, EventPublisher publisher, ServiceIdentity identity) {
        return new AcceptRequests(config.databases(), publisher, identity);
    }

    @Bean
    LogFollower backupRequests(LogFollowers followers, AcceptRequests accept) {
        return followers.group(Topics.BACKUP_REQUESTS, GROUP + "-backups", accept);
    }

    @Bean
    LogFollower verificationRequests(LogFollowers followers, AcceptRequests accept) {
        return followers.group(Topics.VERIFICATION_REQUESTS, GROUP + "-verifications", accept);
    }

    @Bean
    Catalog catalog(HoldfastConfig config) {
        return new Catalog(config::proofLevel);
    }

    @Bean
    Runs runs() {
        return new Runs();
    }

    @Bean
    FollowCatalog followCatalog(HoldfastConfig config, Catalog catalog, Runs runs, SupervisedRuns supervised, Pauses pauses, Observed observed,
            LivingServices services, Repositories repositories, BackupMetrics metrics, LogFollowers followers,
            EventPublisher publisher, ServiceIdentity identity, Clock clock, ServiceBeats beats) {
        FollowCatalog following = new FollowCatalog(catalog, runs, (event, position) -> {
            if (position.topic().equals(Topics.PROGRESS)) {
                supervised.beat(event, position);
                services.apply(event, position.appended());
            } else {
                supervised.apply(event, position.appended());
                pauses.apply(event, position.appended());
            }
            observed.apply(event, position);
        }, new ReadRepositories(config.databases().values(), repositories.all().values(), metrics), metrics, followers,
                publisher, identity, clock);
        beats.silentWhile(() -> following.behind(WELL_WITHIN));
        return following;
    }
}
