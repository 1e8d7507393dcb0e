package dev.holdfast.cli;

import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.cli.log.Requests;
import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.output.Progress;
import dev.holdfast.cli.output.Size;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.VerificationDocument;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.verifier.ProofEvents;
import dev.holdfast.verifier.VerifierService;
import dev.holdfast.verifier.intake.ManifestConflicts;
import dev.holdfast.verifier.prove.Level;
import dev.holdfast.verifier.prove.ProofOrder;
import dev.holdfast.verifier.prove.ProveBackup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "verify", mixinStandardHelpOptions = true,
        description = "Ask for a backup to be proven, through Kafka, or prove it here with --direct. Exit 4 where it isn't verified.")
final class VerifyCommand implements Callable<Integer> {

    /** The document of {@code verify --direct --json}. */
    record Proven(String state, String database, String backupId, String repository, Verification verification) {
    }

    private final HoldfastCommand holdfast;

    @Parameters(paramLabel = "ID", description = "The backup's id, as 'list' prints it.")
    String id;

    @Option(names = "--wait", description = "Wait for the result.")
    boolean wait;

    @Option(names = "--direct", description = "Prove it here and now, without Kafka; needs the secret key and PostgreSQL's server programs.")
    boolean direct;

    @Option(names = "--timeout", paramLabel = "DURATION",
            description = "With --wait: wait no longer than this, such as 90s, 15m or 2h (default: as long as it takes).")
    Duration timeout;

    @Option(names = "--notify", description = "With --direct: tell the subscriptions too; without Kafka no notifier does.")
    boolean notify;

    @Option(names = "--level", paramLabel = "LEVEL",
            description = "How far: ${COMPLETION-CANDIDATES} (default: what the policy of the database says).")
    Level level;

    @Option(names = "--repository", paramLabel = "NAME", description = "Which copy (default: the first there is, in the order of the database's repositories).")
    String repository;

    VerifyCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() {
        BackupId backup = ShowCommand.backupId(id);
        if (timeout != null && !wait) {
            throw usage("--timeout limits --wait, so give both");
        }
        if (notify && !direct) {
            throw usage("--notify goes with --direct; otherwise the notifier-service tells the subscribers");
        }
        HoldfastConfig config = holdfast.config();
        try (Repositories repositories = holdfast.repositories(config, direct ? ServiceRole.VERIFIER : ServiceRole.RETENTION)) {
            Copy copy = find(config, repositories, backup);
            if (direct) {
                return direct(config, repositories, copy);
            }
            FollowRun.Outcome outcome = throughKafka(config, copy);
            holdfast.console().document(outcome);
            return outcome.exit().code();
        }
    }

    private picocli.CommandLine.ParameterException usage(String mistake) {
        return new picocli.CommandLine.ParameterException(holdfast.spec.subcommands().get("verify"), mistake);
    }

    private record Copy(Repository repository, ManifestDocument manifest) {
    }

    private Copy find(HoldfastConfig config, Repositories repositories, BackupId backup) {
        List<Repository> candidates = repository != null ? List.of(repositories.get(repository)) : repositories.inOrder(List.of());
        Optional<String> alias = candidates.stream().filter(Repository::exists)
                .flatMap(candidate -> candidate.reader().aliasOf(backup).stream()).findFirst();
        List<String> policy = alias.map(config.databases()::get).map(HoldfastConfig.Database::repositories).orElse(List.of());
        for (Repository candidate : repository != null ? candidates : repositories.inOrder(policy)) {
            Optional<ManifestDocument> found = candidate.exists() ? alias.flatMap(name -> candidate.reader().find(name, backup))
                    : Optional.empty();
            if (found.isPresent()) {
                return new Copy(candidate, found.get());
            }
        }
        throw new HoldfastException(FailureKind.PERMANENT, "backup-missing", "looking for backup " + backup + ": none of "
                + candidates + " holds it", "holdfast list shows what there is");
    }

    private FollowRun.Outcome throughKafka(HoldfastConfig config, Copy copy) {
        Map<String, Object> client = KafkaAccess.client(config, holdfast.surroundings().environment());
        String database = copy.manifest().alias();
        Event<VerificationRequested> request = KafkaAccess.request(holdfast.surroundings(), id, new VerificationRequested(database,
                id, repository, level == null ? null : level.label(), KafkaAccess.requester(), null, 1));
        if (!wait) {
            try (Requests requests = new Requests(client)) {
                requests.publish(request);
            }
            holdfast.console().line("Requested a verification of " + id + " (request " + request.id() + ").");
            return new FollowRun.Outcome("requested", database, id, request.id(), request.data());
        }
        FollowRun following = FollowRun.ofVerification(holdfast.console(), database, request.id());
        WaitLimit limit = new WaitLimit(timeout);
        try (KafkaLog log = KafkaLog.open(client, List.of(Topics.EVENTS, Topics.PROGRESS), false);
                Requests requests = new Requests(client)) {
            requests.publish(request);
            log.follow(following::read, () -> limit.check(following, database));
        } finally {
            following.end();
        }
        return following.outcome().orElseThrow();
    }

    private int direct(HoldfastConfig config, Repositories repositories, Copy copy) {
        Console console = holdfast.console();
        ServiceIdentity identity = ServiceIdentity.newInstance(ServiceRole.VERIFIER.service(), holdfast.surroundings().clock());
        VerificationDocument stored;
        try (DirectNotices notices = DirectNotices.open(holdfast, config, notify)) {
            try {
                Optional<Event<AlertRaised>> conflict = new ManifestConflicts(repositories, identity).of(copy.manifest(), id);
                conflict.ifPresent(notices::happened);
                if (conflict.isPresent()) {
                    AlertRaised found = conflict.get().data();
                    throw new HoldfastException(FailureKind.PERMANENT, found.alert(), found.reason(), found.nextStep());
                }
                stored = prove(config, copy);
            } catch (RuntimeException thrown) {
                HoldfastException e = Main.described(thrown);
                if (!e.code().equals(ManifestConflicts.ALERT)) {
                    notices.happened(identity.event(id, id, new AlertRaised(copy.manifest().alias(), "verification-impossible", "warning",
                            id, e.code() + (e.kind() == FailureKind.BUG ? "" : ": " + e.getMessage()), e.nextStep())));
                }
                throw ProofNotMade.because(e);
            }
            notices.happened(new ProofEvents(identity).of(copy.manifest(), stored, id));
        }
        Verification verification = stored.verification();
        console.document(new Proven(verification.outcome(), copy.manifest().alias(), id, copy.repository().name(), verification));
        if (!holdfast.json) {
            console.line(id + " in " + copy.repository().name() + ":");
            ShowCommand.tell(verification, console);
        }
        return verification.outcome().equals("verified") ? ExitCode.DONE.code() : ExitCode.NOT_VERIFIED.code();
    }

    private VerificationDocument prove(HoldfastConfig config, Copy copy) {
        Progress progress = new Progress(holdfast.console());
        ProveBackup prove = VerifierService.prover(config, holdfast.secrets(config, ServiceRole.VERIFIER), "cli",
                holdfast.surroundings().clock(), 1);
        long start = System.nanoTime();
        try {
            return prove.prove(copy.repository(), copy.manifest(), order(config, copy), (phase, bytes, total) ->
                    progress.show("verification, " + phase, bytes, total, bytes / Math.max(1e-3, (System.nanoTime() - start) / 1e9)));
        } finally {
            progress.end();
        }
    }

    private ProofOrder order(HoldfastConfig config, Copy copy) {
        Optional<HoldfastConfig.Verify> policy = Optional.ofNullable(config.databases().get(copy.manifest().alias()))
                .map(HoldfastConfig.Database::verify);
        Level wanted = level != null ? level : policy.map(verify -> Level.of(verify.level())).orElse(Level.EQUAL);
        return new ProofOrder(wanted, policy.map(HoldfastConfig.Verify::assertions).orElse(List.of()).stream()
                .map(assertion -> new ProofOrder.Assertion(assertion.name(), assertion.sql())).toList(),
                Level.of(config.proofLevel(copy.manifest().alias())));
    }
}
