package dev.holdfast.cli;

import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.cli.log.Requests;
import dev.holdfast.events.AcceptedRequest;
import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.scheduler.control.ControlRuns;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "retry", mixinStandardHelpOptions = true, description = {
    "Try a run again that failed or was cancelled: the same backup, the next attempt, no failures so far and a new deadline.",
    "Waits until the scheduler has accepted it."})
final class RetryCommand implements Callable<Integer> {

    private final HoldfastCommand holdfast;

    @Parameters(paramLabel = "RUN", description = "A backup's id; with .verification behind it its proof.")
    String run;

    @Mixin
    WhoAndWhy who;

    @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "30s",
            description = "Wait no longer than this for the scheduler (default: ${DEFAULT-VALUE}).")
    Duration timeout;

    RetryCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() {
        HoldfastConfig config = holdfast.config();
        Map<String, Object> client = KafkaAccess.client(config, holdfast.surroundings().environment());
        LogViews views = new LogViews(config);
        String requester = who.requester();
        String reason = who.reason("tried again by hand");
        try (KafkaLog log = KafkaLog.open(client, List.of(Topics.EVENTS), true)) {
            views.catchUp(log);
            Event<? extends Payload> request = new ControlRuns(views.supervised, config.databases()).retry(run, requester, reason,
                    holdfast.surroundings().clock().instant());
            int attempt = ControlRuns.attempt(request);
            try (Requests requests = new Requests(client)) {
                requests.publish(request);
            }
            WaitLimit limit = new WaitLimit(timeout);
            log.follow(event -> !accepted(event, request, attempt), () -> inTime(limit, attempt));
            holdfast.console().line("Accepted: attempt " + attempt + " of " + run + ". Follow it: holdfast events "
                    + request.data().database() + ", or holdfast status");
            holdfast.console().document(new Controlled("accepted", run, request.data().database(),
                    request.data() instanceof BackupRequested ? "backup" : "verification", attempt, requester, reason, List.of()));
        }
        return ExitCode.DONE.code();
    }

    private static boolean accepted(Event<? extends Payload> event, Event<? extends Payload> request, int attempt) {
        AcceptedRequest accepted = switch (event.data()) {
            case BackupAccepted it -> it.request();
            case VerificationAccepted it -> it.request();
            default -> null;
        };
        return accepted != null && accepted.id().equals(request.id()) && accepted.attempt() != null && accepted.attempt() >= attempt;
    }

    private boolean inTime(WaitLimit limit, int attempt) {
        if (limit.over()) {
            throw new HoldfastException(FailureKind.RETRIABLE, "wait-timed-out", "waiting for the scheduler to accept attempt " + attempt
                    + " of " + run + ": it has not yet", "the request is in its queue, so a worker takes it all the same; see with"
                    + " holdfast status whether a scheduler is alive");
        }
        return true;
    }
}
