package dev.holdfast.cli;

import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.cli.status.StatusPage;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.scheduler.catalog.ReadRepositories;
import dev.holdfast.scheduler.catalog.RepositoryContents;
import dev.holdfast.scheduler.status.ReadStatus;
import dev.holdfast.scheduler.status.Reason;
import dev.holdfast.scheduler.status.Standing;
import dev.holdfast.scheduler.status.Status;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.metrics.BackupMetrics;
import dev.holdfast.service.repositories.Repositories;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "status", mixinStandardHelpOptions = true, description = {
    "What is not safe now, why, and what to do next. Reads the log, the pulse and the repositories itself, so that it needs no",
    "scheduler; where no broker answers it says so and tells what the repositories hold. Exit 4 where something is not safe."})
final class StatusCommand implements Callable<Integer> {

    private final HoldfastCommand holdfast;

    StatusCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() {
        HoldfastConfig config = holdfast.config();
        LogViews views = new LogViews(config);
        List<Reason> seen = new ArrayList<>();
        boolean hearing = follow(config, views, seen);
        read(config, views.catalog, seen);
        Status status = new ReadStatus(config, views.catalog, views.runs, views.pauses, views.alerts::all, views.services)
                .read(holdfast.surroundings().clock().instant(), seen, hearing);
        holdfast.console().document(status);
        if (!holdfast.json) {
            holdfast.console().lines(StatusPage.of(holdfast.console(), width(), status));
        }
        return (status.standing() == Standing.unsafe ? ExitCode.NOT_VERIFIED : ExitCode.DONE).code();
    }

    private boolean follow(HoldfastConfig config, LogViews views, List<Reason> seen) {
        try (KafkaLog log = KafkaLog.open(KafkaAccess.client(config, holdfast.surroundings().environment()),
                List.of(Topics.EVENTS, Topics.PROGRESS), true)) {
            views.catchUp(log);
            return true;
        } catch (HoldfastException e) {
            seen.add(new Reason(Standing.unsafe, e.getMessage() + "; what follows is what the repositories tell", e.nextStep()));
            return false;
        }
    }

    /** The repositories are the truth about what is stored and proven. */
    private void read(HoldfastConfig config, Catalog catalog, List<Reason> seen) {
        try (Repositories repositories = holdfast.repositories(config, ServiceRole.RETENTION)) {
            Catalog.Mark mark = catalog.mark();
            RepositoryContents contents = new ReadRepositories(config.databases().values(), repositories.all().values(),
                    new BackupMetrics(new SimpleMeterRegistry())).read();
            catalog.merge(mark, contents);
            Set<String> unread = new TreeSet<>(config.repositories().keySet());
            unread.removeAll(contents.readable());
            unread.forEach(name -> seen.add(new Reason(Standing.attention, "repository '" + name + "' is not there or could not be"
                    + " read: its backups are shown as the log tells of them", "holdfast list says why")));
        }
    }

    /** Of the terminal; without one nothing is continued on another line. */
    private int width() {
        return holdfast.console().terminal() ? holdfast.spec.usageMessage().width() : Integer.MAX_VALUE;
    }
}
