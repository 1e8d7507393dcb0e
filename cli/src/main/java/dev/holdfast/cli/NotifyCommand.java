package dev.holdfast.cli;

import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.cli.log.Requests;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.DeliveryAbandoned;
import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.config.HoldfastConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "notify", mixinStandardHelpOptions = true, description = "Subscriptions.",
        subcommands = NotifyCommand.Test.class, synopsisSubcommandLabel = "COMMAND")
final class NotifyCommand implements Runnable {

    private final HoldfastCommand holdfast;

    NotifyCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(holdfast.spec.subcommands().get("notify"), "say what to do: test");
    }

    @Command(name = "test", mixinStandardHelpOptions = true, description = {
        "Send a made-up failure, marked as a test, to one subscription and to nobody else: through Kafka and the",
        "notifier-service, as a real one would go, in a single try. Waits and says what the subscriber answered."})
    static final class Test implements Callable<Integer> {

        /** Stands where a database's alias would, so that the test waits behind nothing. */
        private static final String NO_DATABASE = "holdfast-test";

        /** The document of {@code notify test --json}. */
        record NotifyTest(String subscription, String webhookId, String requestId, int status) {
        }

        private final HoldfastCommand holdfast;
        private DeliverySucceeded delivered;
        private DeliveryAbandoned abandoned;

        @Parameters(paramLabel = "NAME", description = "The subscription's name in holdfast.yml.")
        String name;

        @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "60s",
                description = "Wait no longer than this for the notifier-service (default: ${DEFAULT-VALUE}).")
        Duration timeout;

        Test(HoldfastCommand holdfast) {
            this.holdfast = holdfast;
        }

        @Override
        public Integer call() {
            HoldfastConfig config = holdfast.config();
            if (!config.subscriptions().containsKey(name)) {
                throw new HoldfastException(FailureKind.PERMANENT, "subscription-unknown", "no subscription is called '" + name
                        + "'; there are " + config.subscriptions().keySet().stream().sorted().toList(),
                        "name one of them, or add it to holdfast.yml");
            }
            Event<DeliveryRequested> request = request();
            deliver(KafkaAccess.client(config, holdfast.surroundings().environment()), request);
            NotifyTest tested = new NotifyTest(name, request.data().webhookId(), request.id(), delivered.status());
            holdfast.console().document(tested);
            holdfast.console().line(holdfast.console().good("Delivered") + " a test to '" + name + "': the answer was "
                    + tested.status() + " (" + tested.webhookId() + ").");
            return ExitCode.DONE.code();
        }

        private Event<DeliveryRequested> request() {
            Event<BackupFailed> madeUp = KafkaAccess.request(holdfast.surroundings(), null, new BackupFailed(NO_DATABASE, "dump", null, 1,
                    "test", "permanent", "notify-test", "TEST: nothing failed; " + KafkaAccess.requester()
                    + " tries whether the subscription '" + name + "' is told", "nothing to do: this is a test"));
            DeliveryRequested data = new DeliveryRequested(NO_DATABASE, name, "msg_" + Event.idFrom("test", madeUp.id(), name), madeUp.id(),
                    madeUp.type().type(), new String(new EventCodec().encode(madeUp), StandardCharsets.UTF_8), 1, KafkaAccess.requester());
            return KafkaAccess.request(holdfast.surroundings(), data.webhookId(), data);
        }

        private void deliver(Map<String, Object> client, Event<DeliveryRequested> request) {
            long end = System.nanoTime() + timeout.toNanos();
            // Opened before the request is out, so that the answer can't be missed.
            try (KafkaLog log = KafkaLog.open(client, List.of(Topics.EVENTS), false); Requests requests = new Requests(client)) {
                requests.publish(request);
                log.follow(event -> !isAnswer(event.data(), request.id()), () -> System.nanoTime() < end);
            }
            if (abandoned != null) {
                throw new HoldfastException(FailureKind.RETRIABLE, "delivery-failed", "delivering a test to the subscription '" + name
                        + "': " + abandoned.reason(), "correct the subscription or its receiver and test again");
            }
            if (delivered == null) {
                throw new HoldfastException(FailureKind.RETRIABLE, "notifier-silent", "delivering a test to the subscription '" + name
                        + "': the notifier-service said nothing within " + timeout.toSeconds() + " s",
                        "check that it runs and is ready; --timeout waits longer");
            }
        }

        private boolean isAnswer(Payload data, String requestId) {
            switch (data) {
                case DeliverySucceeded it when requestId.equals(it.requestId()) -> delivered = it;
                case DeliveryAbandoned it when requestId.equals(it.requestId()) -> abandoned = it;
                default -> {
                    return false;
                }
            }
            return true;
        }
    }
}
