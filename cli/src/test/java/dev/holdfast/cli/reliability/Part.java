package dev.holdfast.cli.reliability;

import dev.holdfast.notifier.NotifierService;
import dev.holdfast.retention.RetentionService;
import dev.holdfast.scheduler.SchedulerService;
import dev.holdfast.verifier.VerifierService;
import dev.holdfast.worker.BackupWorker;
import java.util.Optional;

/** What an installation consists of, each a process that can be struck. */
enum Part {

    SCHEDULER(SchedulerService.class),
    WORKER(BackupWorker.class),
    VERIFIER(VerifierService.class),
    RETENTION(RetentionService.class),
    NOTIFIER(NotifierService.class),
    BROKER(null);

    private final Class<?> main;

    Part(Class<?> main) {
        this.main = main;
    }

    /** Empty for the broker, which is no service. */
    Optional<Class<?>> main() {
        return Optional.ofNullable(main);
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
