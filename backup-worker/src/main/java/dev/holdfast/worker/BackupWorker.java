package dev.holdfast.worker;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Topics;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.repository.write.CopySettings;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.service.messaging.Pulse;
import dev.holdfast.service.messaging.ShareGroups;
import dev.holdfast.service.messaging.WorkQueue;
import dev.holdfast.service.messaging.WorkQueues;
import dev.holdfast.service.metrics.BackupMetrics;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.worker.backup.RunBackup;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Does: claims backup requests and streams the backups into repositories. */
@Configuration(proxyBeanMethods = false)
public class BackupWorker {

    public static void main(String[] args) {
        HoldfastService.launch(BackupWorker.class, "backup-worker", args);
    }

    @Bean
    RunBackup runBackup(HoldfastConfig config, Secrets secrets, Repositories repositories, ServiceIdentity identity,
            Clock clock) {
        return new RunBackup(config, secrets::resolve, name -> repositories.get(name).writer(),
                () -> PostgresTools.locate(config.worker().toolFolders()), identity, clock,
                CopySettings.DEFAULT);
    }

    /** Stops after the queue, whose runs look at it to the last. */
    @Bean
    LogFollower heard(LogFollowers followers, RunBackup runBackup) {
        return followers.fromNow(Topics.EVENTS, (event, position) -> runBackup.heard(event));
    }

    @Bean
    WorkQueue<BackupRequested> backupRequests(WorkQueues queues, RunBackup runBackup, HoldfastConfig config,
            EventPublisher publisher, LogFollower heard, Pulse pulse, BackupMetrics metrics) {
        return queues.open(Topics.BACKUP_REQUESTS, ShareGroups.BACKUP_WORKERS, BackupRequested.class, config.worker().slots(),
                new BackupRequests(runBackup, publisher, heard, pulse, metrics));
    }
}
