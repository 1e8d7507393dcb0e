package dev.holdfast.cli;

import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.cli.log.Requests;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.scheduler.control.ControlRuns;
import dev.holdfast.scheduler.supervise.FoundRun;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "cancel", mixinStandardHelpOptions = true, description = {
    "End a run: its programs are killed, its snapshot on the source is closed, its uploads are aborted. Waits until whoever",
    "holds it has let go of it, or the scheduler says that nobody does."})
final class CancelCommand implements Callable<Integer> {

    private final HoldfastCommand holdfast;

    @Parameters(paramLabel = "RUN", description = "A backup's id; with .verification behind it its proofs.")
    String run;

    @Mixin
    WhoAndWhy who;

    @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "2m",
            description = "Wait no longer than this for its end (default: ${DEFAULT-VALUE}).")
    Duration timeout;

    CancelCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() {
        HoldfastConfig config = holdfast.config();
        String requester = who.requester();
        String reason = who.requiredReason(holdfast.console());
        Map<String, Object> client = KafkaAccess.client(config, holdfast.surroundings().environment());
        LogViews views = new LogViews(config);
        try (KafkaLog log = KafkaLog.open(client, List.of(Topics.EVENTS), true)) {
            views.catchUp(log);
            List<RunCancelling> wishes = new ControlRuns(views.supervised, config.databases()).cancel(run, requester, reason);
            publish(client, wishes);
            holdfast.console().line("Asked for the end of " + run + "; waiting for it ...");
            WaitLimit limit = new WaitLimit(timeout);
            log.follow((event, appended) -> {
                views.apply(event, appended);
                return !over(views);
            }, () -> inTime(limit));
            return told(views, wishes.getFirst());
        }
    }

    private void publish(Map<String, Object> client, List<RunCancelling> wishes) {
        try (Requests requests = new Requests(client)) {
            wishes.forEach(wish -> requests.publish(Event.of(KafkaAccess.SOURCE, holdfast.surroundings().clock().instant(), wish)));
        }
    }

    /** Ended, and let go of by everybody who held it. */
    private boolean over(LogViews views) {
        return views.supervised.find(run).stream().allMatch(found -> found.end() != null && found.holders().isEmpty());
    }

    private boolean inTime(WaitLimit limit) {
        if (limit.over()) {
            throw new HoldfastException(FailureKind.RETRIABLE, "wait-timed-out", "waiting for the end of the run " + run
                    + ": nobody has said it yet", "the wish stays on the log and is repeated by the scheduler; see with holdfast status"
                    + " whether the scheduler and the worker that holds it are alive");
        }
        return true;
    }

    private int told(LogViews views, RunCancelling wish) {
        String end = views.supervised.find(run).stream().map(FoundRun::end).filter("cancelled"::equals).findFirst()
                .orElseGet(() -> views.supervised.find(run).getFirst().end());
        boolean cancelled = end.equals("cancelled");
        holdfast.console().line(cancelled ? "Cancelled: nothing of it runs any more." : "Too late: it is " + end + ".");
        holdfast.console().document(new Controlled(end, run, wish.database(), wish.activity(), null, wish.requester(), wish.reason(), List.of()));
        return (cancelled ? ExitCode.DONE : ExitCode.REFUSED).code();
    }
}
