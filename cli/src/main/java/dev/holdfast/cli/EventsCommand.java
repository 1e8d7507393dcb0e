package dev.holdfast.cli;

import dev.holdfast.cli.log.EventText;
import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.cli.output.Console;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.service.config.HoldfastConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "events", mixinStandardHelpOptions = true,
        description = "Follow the log of what happens, until Ctrl-C. With --json one CloudEvent per line.")
final class EventsCommand implements Callable<Integer> {

    private final HoldfastCommand holdfast;

    @Parameters(paramLabel = "DB", arity = "0..1", description = "Only this database (its alias).")
    String database;

    @Option(names = "--from-beginning", description = "Start with the oldest event that is kept (90 days).")
    boolean fromBeginning;

    @Option(names = "--follow", negatable = true, defaultValue = "true", fallbackValue = "true",
            description = "Go on with what happens from now on; --no-follow ends with the newest event that is there.")
    boolean follow;

    EventsCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() {
        HoldfastConfig config = holdfast.config();
        try (KafkaLog log = KafkaLog.open(KafkaAccess.client(config, holdfast.surroundings().environment()),
                List.of(Topics.EVENTS), fromBeginning)) {
            log.follow(event -> {
                if (database == null || database.equals(event.data().database())) {
                    tell(event);
                }
                return true;
            }, () -> follow || !log.caughtUp());
        }
        return ExitCode.DONE.code();
    }

    private void tell(Event<? extends Payload> event) {
        Console console = holdfast.console();
        if (holdfast.json) {
            console.rawLine(new String(new EventCodec().encode(event), StandardCharsets.UTF_8));
        } else {
            console.line(event.time() + "  " + console.bold(String.format("%-20s", EventText.type(event))) + "  "
                    + EventText.of(event.data()));
        }
    }
}
