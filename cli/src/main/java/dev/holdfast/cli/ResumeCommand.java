package dev.holdfast.cli;

import dev.holdfast.scheduler.control.PauseActivities;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "resume", mixinStandardHelpOptions = true, description =
    "Let what was paused happen again: the scheduled backups of a database or of all, or what retention deletes.")
final class ResumeCommand implements Callable<Integer> {

    private final HoldfastCommand holdfast;

    @Mixin
    PauseTarget target;

    @Mixin
    WhoAndWhy who;

    @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "30s",
            description = "Wait no longer than this for the service that acts on it (default: ${DEFAULT-VALUE}).")
    Duration timeout;

    ResumeCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() {
        HoldfastConfig config = holdfast.config();
        String activity = target.activity();
        if (target.database() != null) {
            BackupCommand.known(config, target.database());
        }
        String requester = who.requester();
        String reason = who.reason("resumed by hand");
        List<String> seenBy = new TellServices(holdfast, activity).tell(config, timeout, pauses ->
                new PauseActivities(pauses, config.databases()).resume(target.database(), activity, requester, reason));
        holdfast.console().line("Resumed " + target.text() + "; seen by " + String.join(", ", seenBy) + ".");
        holdfast.console().document(new Controlled("resumed", null, target.database(), activity, null, requester, reason, seenBy));
        return ExitCode.DONE.code();
    }
}
