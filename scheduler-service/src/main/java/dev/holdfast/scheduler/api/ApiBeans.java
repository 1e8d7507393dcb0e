package dev.holdfast.scheduler.api;

import dev.holdfast.scheduler.alert.Observed;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.scheduler.catalog.FollowCatalog;
import dev.holdfast.scheduler.catalog.Runs;
import dev.holdfast.scheduler.control.ControlRuns;
import dev.holdfast.scheduler.control.PauseActivities;
import dev.holdfast.scheduler.fire.FireSchedules;
import dev.holdfast.scheduler.status.LivingServices;
import dev.holdfast.scheduler.status.ReadStatus;
import dev.holdfast.scheduler.supervise.SupervisedRuns;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.pause.Pauses;
import java.net.InetAddress;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import tools.jackson.databind.json.JsonMapper;

/** The API's parts, put together; refuses to start where others could reach it without a token. */
@Configuration(proxyBeanMethods = false)
public class ApiBeans {

    /** The address that the server is told to listen on, wherever it was set. */
    @Bean
    InetAddress apiAddress(@Value("${server.address:}") String bind, @Value("${management.server.port:}") String management,
            ApiTokens tokens) {
        LocalBind.requireOnePort(management);
        return LocalBind.address(bind, !tokens.isEmpty());
    }

    @Bean
    ApiTokens apiTokens(HoldfastConfig config) {
        return new ApiTokens(config.scheduler().tokens());
    }

    @Bean
    ControlApi controlApi(SupervisedRuns runs, Pauses pauses, HoldfastConfig config, FollowCatalog following, EventPublisher publisher,
            ServiceIdentity identity, Clock clock) {
        return new ControlApi(new ControlRuns(runs, config.databases()), new PauseActivities(pauses, config.databases()),
                following::isCurrent, publisher, identity, clock);
    }

    @Bean
    StatusApi statusApi(HoldfastConfig config, Catalog catalog, Runs runs, Pauses pauses, Observed observed, LivingServices services,
            FollowCatalog following, Clock clock) {
        return new StatusApi(new ReadStatus(config, catalog, runs, pauses, observed::standing, services), following::isCurrent, clock);
    }

    @Bean
    RunNow runNow(Runs runs, EventPublisher publisher, ServiceIdentity identity, Clock clock) {
        return new RunNow(runs, publisher, identity, clock);
    }

    @Bean
    DatabasesApi databasesApi(HoldfastConfig config, Catalog catalog, FireSchedules schedules, RunNow runNow, Clock clock) {
        return new DatabasesApi(config, catalog, schedules, runNow, clock);
    }

    @Bean
    BackupsApi backupsApi(Catalog catalog, Runs runs) {
        return new BackupsApi(catalog, runs);
    }

    @Bean
    Problems problems(JsonMapper json) {
        return new Problems(json);
    }

    @Bean
    FilterRegistrationBean<LocalRequestsOnly> localRequestsOnly(Problems problems, InetAddress apiAddress) {
        FilterRegistrationBean<LocalRequestsOnly> filter = new FilterRegistrationBean<>(new LocalRequestsOnly(problems));
        filter.setEnabled(apiAddress.isLoopbackAddress());
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
        return filter;
    }

    @Bean
    FilterRegistrationBean<TokenHoldersOnly> tokenHoldersOnly(ApiTokens tokens, Problems problems) {
        FilterRegistrationBean<TokenHoldersOnly> filter =
                new FilterRegistrationBean<>(new TokenHoldersOnly(tokens, new FailedTries(System::nanoTime), problems));
        filter.setEnabled(!tokens.isEmpty());
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 11);
        return filter;
    }
}
