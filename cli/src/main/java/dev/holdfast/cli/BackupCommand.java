package dev.holdfast.cli;

import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.cli.log.Requests;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.repository.write.CopySettings;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.worker.backup.RunBackup;
import dev.holdfast.worker.backup.RunListener;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "backup", mixinStandardHelpOptions = true,
        description = "Ask for a backup of a database now, through Kafka, or make it here with --direct.")
final class BackupCommand implements Callable<Integer> {

    /** What {@code --wait} waits for. */
    enum Stage { completed, verified }

    private final HoldfastCommand holdfast;

    @Parameters(paramLabel = "DB", description = "The database's alias in holdfast.yml.")
    String database;

    @Option(names = "--wait", paramLabel = "=STAGE", arity = "0..1", preprocessor = AttachedOnly.class,
            description = "Wait until the backup is completed (plain --wait), or with --wait=verified until it is proven: "
                    + "exit 4 where it isn't.")
    Stage wait;

    @Option(names = "--direct", description = "Make it here and now, without Kafka. The verifier's sweep proves it later.")
    boolean direct;

    @Option(names = "--timeout", paramLabel = "DURATION",
            description = "With --wait: wait no longer than this, such as 90s, 15m or 2h (default: as long as it takes).")
    Duration timeout;

    @Option(names = "--notify", description = "With --direct: tell the subscriptions too; without Kafka no notifier does.")
    boolean notify;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the manifest.")
    String reason;

    BackupCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() {
        if (direct && wait == Stage.verified) {
            throw usage("--direct makes the backup only; prove it with: holdfast verify ID --direct");
        }
        if (timeout != null && wait == null) {
            throw usage("--timeout limits --wait, so give both");
        }
        if (notify && !direct) {
            throw usage("--notify goes with --direct; otherwise the notifier-service tells the subscribers");
        }
        HoldfastConfig config = holdfast.config();
        HoldfastConfig.Database policy = known(config, database);
        if (wait == Stage.verified) {
            requireProof(policy);
        }
        Event<BackupRequested> request = KafkaAccess.request(holdfast.surroundings(), null, new BackupRequested(database,
                "dump", List.of(), holdfast.surroundings().clock().instant().truncatedTo(ChronoUnit.SECONDS), 1,
                KafkaAccess.requester(), reason, null));
        FollowRun.Outcome outcome = direct ? direct(config, request) : throughKafka(config, request);
        holdfast.console().document(outcome);
        return outcome.exit().code();
    }

    private void requireProof(HoldfastConfig.Database policy) {
        String every = policy.verify().every();
        if (every.equals("never")) {
            throw new HoldfastException(FailureKind.PERMANENT, "never-verified", "waiting for the proof of a backup of '" + database
                    + "' was refused: databases." + database + ".verify.every is never, so nobody would prove it",
                    "wait for the backup with --wait and prove it with holdfast verify ID, or have its backups verified");
        }
        if (!every.equals("every")) {
            holdfast.console().line("Of '" + database + "' one backup is proven " + every + " (verify.every), so the proof of this one"
                    + " may be a long time coming; --timeout limits the wait.");
        }
    }

    private picocli.CommandLine.ParameterException usage(String mistake) {
        return new picocli.CommandLine.ParameterException(holdfast.spec.subcommands().get("backup"), mistake);
    }

    static HoldfastConfig.Database known(HoldfastConfig config, String alias) {
        HoldfastConfig.Database found = config.databases().get(alias);
        if (found == null) {
            throw new HoldfastException(FailureKind.PERMANENT, "database-unknown", "no database has the alias '" + alias
                    + "'; there are " + config.databases().keySet().stream().sorted().toList(),
                    "name one of them, or add it to holdfast.yml");
        }
        return found;
    }

    private FollowRun.Outcome throughKafka(HoldfastConfig config, Event<BackupRequested> request) {
        Map<String, Object> client = KafkaAccess.client(config, holdfast.surroundings().environment());
        if (wait == null) {
            publish(client, request);
            holdfast.console().line("Requested a backup of '" + database + "' (request " + request.id() + ").");
            holdfast.console().line("See what becomes of it: holdfast events, or holdfast list " + database);
            return new FollowRun.Outcome("requested", database, null, request.id(), request.data());
        }
        FollowRun following = wait == Stage.verified
                ? FollowRun.ofBackupUntilProven(holdfast.console(), database, request.id(), config.proofLevel(database))
                : FollowRun.ofBackup(holdfast.console(), database, request.id());
        WaitLimit limit = new WaitLimit(timeout);
        // Opened before the request is out, so that nothing that follows from it can be missed.
        try (KafkaLog log = KafkaLog.open(client, List.of(Topics.EVENTS, Topics.PROGRESS), false)) {
            publish(client, request);
            log.follow(following::read, () -> limit.check(following, database));
        } finally {
            following.end();
        }
        return following.outcome().orElseThrow();
    }

    private static void publish(Map<String, Object> client, Event<?> request) {
        try (Requests requests = new Requests(client)) {
            requests.publish(request);
        }
    }

    private FollowRun.Outcome direct(HoldfastConfig config, Event<BackupRequested> request) {
        FollowRun following = FollowRun.ofBackup(holdfast.console(), database, request.id());
        try (DirectNotices notices = DirectNotices.open(holdfast, config, notify);
                Repositories repositories = holdfast.repositories(config, ServiceRole.BACKUP)) {
            RunBackup runBackup = new RunBackup(config, holdfast.secrets(config, ServiceRole.BACKUP)::resolve,
                    name -> repositories.get(name).writer(), () -> PostgresTools.locate(config.worker().toolFolders()),
                    ServiceIdentity.newInstance(ServiceRole.BACKUP.service(), holdfast.surroundings().clock()),
                    holdfast.surroundings().clock(), CopySettings.DEFAULT);
            Thread stop = new Thread(runBackup::stop, "stop-backup");
            Runtime.getRuntime().addShutdownHook(stop);
            runBackup.run(request, new Told(following, notices));
            Runtime.getRuntime().removeShutdownHook(stop);
        } finally {
            following.end();
        }
        return following.outcome().orElseThrow();
    }

    private record Told(FollowRun following, DirectNotices notices) implements RunListener {

        @Override
        public void happened(Event<?> event) {
            following.read(event);
            notices.happened(event);
        }

        @Override
        public void progressed(RunProgressed progress, String correlationId) {
            following.read(new Event<>("beat", KafkaAccess.SOURCE, progress.runId(), null, correlationId, null, progress));
        }
    }
}
