package dev.holdfast.cli;

import dev.holdfast.cli.output.Console;
import dev.holdfast.notifier.delivery.PublicAddresses;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "config", mixinStandardHelpOptions = true, description = "The configuration.",
        subcommands = ConfigCommand.Check.class, synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand implements Runnable {

    private final HoldfastCommand holdfast;

    ConfigCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(holdfast.spec.subcommands().get("config"), "say what to do: check");
    }

    @Command(name = "check", mixinStandardHelpOptions = true,
            description = "Report every mistake in the configuration with its path and what is accepted. Touches no server.")
    static final class Check implements Callable<Integer> {

        /** The document of {@code config check --json} where nothing is wrong; otherwise it is an error document. */
        record Checked(String origin, List<String> databases, List<String> repositories, List<String> subscriptions,
                List<String> notes) {
        }

        private final HoldfastCommand holdfast;

        @Option(names = "--service", paramLabel = "NAME", completionCandidates = Services.class,
                description = "Check that service's keys and secrets here too: ${COMPLETION-CANDIDATES}. "
                        + "It fails also where another service's secrets can be read (unless evaluation: true).")
        String service;

        Check(HoldfastCommand holdfast) {
            this.holdfast = holdfast;
        }

        @Override
        public Integer call() {
            HoldfastConfigLoader loader = new HoldfastConfigLoader(holdfast.surroundings().environment(),
                    holdfast.surroundings().folder());
            HoldfastConfig config = loader.load(Optional.ofNullable(holdfast.config), roles());
            Checked checked = new Checked(holdfast.configFile().map(Object::toString).orElse("environment"),
                    sorted(config.databases().keySet()), sorted(config.repositories().keySet()),
                    sorted(config.subscriptions().keySet()), notes(config));
            holdfast.console().document(checked);
            if (!holdfast.json) {
                tell(checked, holdfast.console());
            }
            return ExitCode.DONE.code();
        }

        private Set<ServiceRole> roles() {
            if (service == null) {
                return Set.of();
            }
            try {
                return Set.of(ServiceRole.of(service));
            } catch (IllegalArgumentException e) {
                throw new picocli.CommandLine.ParameterException(holdfast.spec.subcommands().get("config").getSubcommands().get("check"),
                        "--service: no service is called '" + service + "'; accepted: " + String.join(", ", new Services()));
            }
        }

        private static void tell(Checked checked, Console console) {
            console.line(console.good("No mistakes") + " in " + checked.origin());
            console.line("  databases:     " + names(checked.databases()));
            console.line("  repositories:  " + names(checked.repositories()));
            console.line("  subscriptions: " + names(checked.subscriptions()));
            checked.notes().forEach(note -> console.line("  note: " + note));
        }

        /** What is no mistake, and yet better known before the day it matters. */
        private static List<String> notes(HoldfastConfig config) {
            List<String> notes = new ArrayList<>();
            if (config.databases().isEmpty()) {
                notes.add("no database is configured, so nothing is backed up");
            }
            config.repositories().values().stream().filter(repository -> repository.type().equals("file"))
                    .forEach(repository -> notes.add("repository '" + repository.name() + "' is a folder: whoever can write"
                            + " there can delete too, so it makes no claim of immutability"));
            config.repositories().values().stream().filter(repository -> repository.path().filter(Check::isMountPoint).isPresent())
                    .forEach(repository -> notes.add("the folder of repository '" + repository.name() + "' is a mount point: when its"
                            + " volume is missing a new repository would be made there; name a folder inside the volume"));
            config.databases().values().stream().filter(database -> database.encryption().none())
                    .forEach(database -> notes.add("database '" + database.alias() + "' is not encrypted, so role passwords"
                            + " are left out of its backups"));
            config.databases().values().stream().filter(database -> database.verify().every().equals("never"))
                    .forEach(database -> notes.add("backups of '" + database.alias() + "' are never verified, so none counts"
                            + " toward retention"));
            config.subscriptions().values().forEach(subscription -> subscription.url().ifPresent(url -> {
                if (PublicAddresses.isLiteralPrivate(url.getHost()) && !subscription.allowPrivate()) {
                    notes.add("subscription '" + subscription.name() + "' names the private address " + url.getHost()
                            + ", to which nothing is delivered without allow-private: true");
                }
                if (subscription.format().equals("slack")) {
                    notes.add("subscription '" + subscription.name() + "' has its URL written out, and whoever knows that may post"
                            + " to Slack: make it a reference to a secret");
                }
            }));
            if (config.evaluation()) {
                notes.add("evaluation: true gives up the boundary between the services' credentials");
            }
            return notes;
        }

        static boolean isMountPoint(Path folder) {
            try {
                return Files.isDirectory(folder) && !Files.getAttribute(folder.toRealPath(), "unix:dev")
                        .equals(Files.getAttribute(folder.toRealPath().resolve(".."), "unix:dev"));
            } catch (IOException | UnsupportedOperationException e) {
                return false; // a note is no promise: what can't be looked at is told by the first use
            }
        }

        private static List<String> sorted(Set<String> names) {
            return names.stream().sorted().toList();
        }

        private static String names(List<String> names) {
            return names.isEmpty() ? "none" : String.join(", ", names);
        }
    }

    /** Names of services, for completion and messages. */
    static final class Services implements Iterable<String> {

        @Override
        public java.util.Iterator<String> iterator() {
            return Stream.of(ServiceRole.values()).map(ServiceRole::service).iterator();
        }
    }
}
