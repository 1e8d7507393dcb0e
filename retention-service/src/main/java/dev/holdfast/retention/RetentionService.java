package dev.holdfast.retention;

import dev.holdfast.retention.prune.PruneBackups;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.service.repositories.Repositories;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Deletes what the keep rules let go, and tells of it. */
@Configuration(proxyBeanMethods = false)
public class RetentionService {

    public static void main(String[] args) {
        HoldfastService.launch(RetentionService.class, "retention-service", args);
    }

    @Bean
    PruneBackups pruneBackups(Repositories repositories, Clock clock) {
        return new PruneBackups(repositories.all(), clock);
    }

    @Bean
    PrunePauses prunePauses(LogFollowers followers) {
        return new PrunePauses(followers);
    }

    @Bean
    PruneRegularly pruneRegularly(HoldfastConfig config, PruneBackups prune, PrunePauses pauses, EventPublisher publisher,
            ServiceIdentity identity) {
        return new PruneRegularly(config, prune, pauses, new TellOfPruning(publisher, identity));
    }
}
