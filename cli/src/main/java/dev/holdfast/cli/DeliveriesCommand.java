package dev.holdfast.cli;

import dev.holdfast.cli.log.DeliveryStates;
import dev.holdfast.cli.log.EventText;
import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.output.Printable;
import dev.holdfast.cli.output.Table;
import dev.holdfast.events.Topics;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "deliveries", mixinStandardHelpOptions = true,
        description = "What subscribers were told, what waits for its next try and what was given up, by the log.")
final class DeliveriesCommand implements Callable<Integer> {

    /** The document of {@code deliveries --json}. */
    record DeliveryListing(List<DeliveryStates.State> deliveries) {
    }

    private final HoldfastCommand holdfast;

    @Option(names = "--subscription", paramLabel = "NAME", description = "Only this subscription.")
    String subscription;

    @Option(names = "--failed", description = "Only what has failed: waiting for its next try, or given up.")
    boolean failed;

    @Option(names = "--since", paramLabel = "DURATION", defaultValue = "2d",
            description = "How far back to look, such as 12h or 30d (default: ${DEFAULT-VALUE}). Requests are kept for 7 days.")
    Duration since;

    DeliveriesCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() {
        HoldfastConfig config = holdfast.config();
        List<DeliveryStates.State> deliveries = states(KafkaAccess.client(config, holdfast.surroundings().environment())).all().stream()
                .filter(it -> subscription == null || subscription.equals(it.subscription()))
                .filter(it -> !failed || it.state().equals("retrying") || it.state().equals("abandoned")).toList();
        holdfast.console().document(new DeliveryListing(deliveries));
        if (!holdfast.json) {
            tell(deliveries, holdfast.console());
        }
        return ExitCode.DONE.code();
    }

    private DeliveryStates states(Map<String, Object> client) {
        DeliveryStates states = new DeliveryStates();
        try (KafkaLog log = KafkaLog.openSince(client, List.of(Topics.DELIVERIES, Topics.EVENTS),
                holdfast.surroundings().clock().instant().minus(since))) {
            log.follow(event -> {
                states.read(event);
                return true;
            }, () -> !log.caughtUp());
        }
        return states;
    }

    private static void tell(List<DeliveryStates.State> deliveries, Console console) {
        if (deliveries.isEmpty()) {
            console.line("No deliveries.");
            return;
        }
        Table table = new Table("SINCE", "STATE", "SUBSCRIPTION", "DATABASE", "EVENT", ">TRIES", "WEBHOOK-ID", "WHY", "NEXT TRY");
        deliveries.forEach(it -> table.row(it.since().toString(), it.state(), it.subscription(), it.database() == null ? "-" : it.database(),
                EventText.shortType(it.eventType()), Integer.toString(it.tries()), it.webhookId(),
                it.reason() != null ? Printable.text(it.reason()) : it.status() == null ? "-" : "the answer was " + it.status(),
                it.nextTryAt() == null ? "-" : it.nextTryAt().toString()));
        console.lines(table.lines());
    }
}
