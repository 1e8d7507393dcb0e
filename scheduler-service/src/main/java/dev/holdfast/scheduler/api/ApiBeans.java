package dev.holdfast.scheduler.api;

import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.scheduler.catalog.Runs;
import dev.holdfast.scheduler.fire.FireSchedules;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventPublisher;
import java.net.InetAddress;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import tools.jackson.databind.json.JsonMapper;

/** The API's parts, put together; refuses to start where others could reach it. */
@Configuration(proxyBeanMethods = false)
public class ApiBeans {

    /** The address that the server is told to listen on, wherever it was set. */
    @Bean
    InetAddress apiAddress(@Value("${server.address:}") String bind) {
        return LocalBind.address(bind);
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
    FilterRegistrationBean<LocalRequestsOnly> localRequestsOnly(Problems problems) {
        FilterRegistrationBean<LocalRequestsOnly> filter = new FilterRegistrationBean<>(new LocalRequestsOnly(problems));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
        return filter;
    }
}
