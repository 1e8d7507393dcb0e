package dev.holdfast.cli;

import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.cli.log.Requests;
import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.output.Size;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.retention.plan.Decision;
import dev.holdfast.retention.prune.PruneBackups;
import dev.holdfast.retention.prune.PruneOutcome;
import dev.holdfast.scheduler.control.PauseActivities;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.repositories.Repositories;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "prune", mixinStandardHelpOptions = true, description = {
    "Delete the backups that the keep rules let go. Only verified backups count toward a rule, and the newest",
    "keep.verified of them are never deleted. Needs no broker; where one answers, deletions are told on the log."})
final class PruneCommand implements Callable<Integer> {

    /** The document of {@code prune --json}. */
    record Pruned(boolean dryRun, List<Part> parts) {
    }

    /** One database and kind in one repository. */
    record Part(String database, String kind, String repository, List<Judged> backups, List<BackupExpired> deleted,
            List<HoldfastCommand.Failure> failures) {
    }

    record Judged(String backupId, Instant snapshotTime, String standing, boolean kept, List<String> reasons) {
    }

    private final HoldfastCommand holdfast;

    @Option(names = "--dry-run", description = "Say for each backup why it would be kept or deleted, and delete nothing.")
    boolean dryRun;

    @Option(names = "--database", paramLabel = "DB", description = "Only this database (its alias).")
    String database;

    @Option(names = "--force", description = "Delete although pruning is paused (holdfast pause prune).")
    boolean force;

    PruneCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() {
        HoldfastConfig config = holdfast.config();
        if (!dryRun && !config.retention().enabled()) {
            throw new HoldfastException(FailureKind.PERMANENT, "retention-disabled",
                    "pruning was refused: retention.enabled is false", "look with --dry-run, or set it to true");
        }
        Collection<HoldfastConfig.Database> databases = database == null ? config.databases().values()
                : List.of(BackupCommand.known(config, database));
        Predicate<String> paused = dryRun || force ? alias -> false : requirePruning(config);
        List<BackupExpired> deleted = new ArrayList<>();
        List<PruneOutcome> outcomes;
        try (Repositories repositories = holdfast.repositories(config, ServiceRole.RETENTION)) {
            PruneBackups prune = new PruneBackups(repositories.all(), holdfast.surroundings().clock());
            outcomes = (dryRun ? prune.dryRun(databases) : prune.run(databases, paused, deleted::add)).stream()
                    .filter(outcome -> database == null || outcome.database() == null || database.equals(outcome.database())).toList();
        }
        tellTheLog(config, deleted);
        holdfast.console().document(new Pruned(dryRun, outcomes.stream().map(PruneCommand::part).toList()));
        if (!holdfast.json) {
            tell(outcomes);
        }
        return outcomes.stream().anyMatch(PruneOutcome::failed) ? ExitCode.FAILED.code() : ExitCode.DONE.code();
    }

    /**
     * What the log says of pauses. Without a broker nobody can say, and pruning needs none: a person asks for it.
     *
     * @return whether pruning a database is paused
     * @throws HoldfastException code {@code prune-paused} where nothing of what was asked for may be deleted
     */
    private Predicate<String> requirePruning(HoldfastConfig config) {
        if (!KafkaAccess.answers(config)) {
            return alias -> false;
        }
        LogViews views = new LogViews(config);
        try (KafkaLog log = KafkaLog.open(KafkaAccess.client(config, holdfast.surroundings().environment()), List.of(Topics.EVENTS), true)) {
            views.catchUp(log);
        } catch (HoldfastException e) {
            if (!e.code().equals("topic-missing")) {
                throw e; // it is there and does not answer: what it would have said may be a pause
            }
        }
        views.pauses.of(database, PauseActivities.PRUNE).ifPresent(pause -> {
            throw new HoldfastException(FailureKind.PERMANENT, "prune-paused", "pruning was refused: it is paused by " + pause.requester()
                    + " since " + pause.since() + ": " + pause.reason(), "look with --dry-run, resume it (holdfast resume prune), or --force");
        });
        return alias -> views.pauses.of(alias, PauseActivities.PRUNE).map(pause -> {
            holdfast.console().error("holdfast: pruning '" + alias + "' is paused by " + pause.requester() + ": " + pause.reason());
            return true;
        }).orElse(false);
    }

    /** The deletions are done by now; who follows the log should hear of them, and the repository is the truth anyway. */
    private void tellTheLog(HoldfastConfig config, List<BackupExpired> deleted) {
        if (deleted.isEmpty()) {
            return;
        }
        ServiceIdentity identity = ServiceIdentity.newInstance("cli", holdfast.surroundings().clock());
        String correlation = UUID.randomUUID().toString();
        try (Requests requests = new Requests(KafkaAccess.client(config, holdfast.surroundings().environment()))) {
            for (BackupExpired expired : deleted) {
                requests.publish(identity.event(expired.backupId(), correlation, expired));
            }
        } catch (HoldfastException e) {
            holdfast.console().error("holdfast: the deletions are done, yet not told on the log: " + e.getMessage());
        }
    }

    private void tell(List<PruneOutcome> outcomes) {
        Console console = holdfast.console();
        for (PruneOutcome outcome : outcomes) {
            console.line(console.bold((outcome.database() == null ? "all databases" : outcome.database())
                    + (outcome.kind() == null ? "" : " (" + outcome.kind() + ")") + " in " + outcome.repository()));
            outcome.plan().ifPresent(plan -> plan.decisions().forEach(decision -> console.line("  " + decision.backup().backupId()
                    + "  " + (decision.kept() ? decision.text() : console.bad(dryRun ? "would be " + decision.text() : decision.text())))));
            outcome.expired().forEach(expired -> console.line("  deleted " + expired.backupId() + ", "
                    + Size.bytes(expired.freedBytes()) + " freed"));
        }
        if (outcomes.isEmpty()) {
            console.line("No backups.");
        }
        ListCommand.failures(outcomes.stream().flatMap(outcome -> outcome.failures().stream()).toList(), console);
    }

    private static Part part(PruneOutcome outcome) {
        return new Part(outcome.database(), outcome.kind(), outcome.repository(),
                outcome.plan().map(plan -> plan.decisions().stream().map(PruneCommand::judged).toList()).orElse(List.of()),
                outcome.expired(), outcome.failures().stream().map(HoldfastCommand::failure).toList());
    }

    private static Judged judged(Decision decision) {
        return new Judged(decision.backup().backupId(), decision.backup().snapshotTime(),
                decision.backup().standing().name().toLowerCase(java.util.Locale.ROOT), decision.kept(), decision.reasons());
    }
}
