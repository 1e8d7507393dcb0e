package dev.holdfast.cli;

import dev.holdfast.cli.output.Console;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.ConfigProblem;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.config.InvalidConfiguration;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.repositories.Repositories;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The top command: what all others share. */
@Command(name = "holdfast", mixinStandardHelpOptions = true, version = "holdfast 0.1.0",
        header = "PostgreSQL backups that prove themselves.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 refused, 4 not verified or not safe.",
            "Start with: holdfast demo"},
        subcommands = {DemoCommand.class, UpCommand.class, StatusCommand.class, BackupCommand.class, ListCommand.class,
            ShowCommand.class, VerifyCommand.class, CancelCommand.class, RetryCommand.class, PauseCommand.class, ResumeCommand.class,
            PruneCommand.class, EventsCommand.class, DeliveriesCommand.class, RedeliverCommand.class, NotifyCommand.class,
            ConfigCommand.class, KeyCommand.class, TokenCommand.class,
            CompletionCommand.class})
final class HoldfastCommand implements Runnable {

    /** What a failure looks like in JSON mode, under {@code error}. */
    record Failure(String code, String kind, String message, String nextStep, List<ConfigProblem> problems) {
    }

    record FailureDocument(Failure error) {
    }

    private final Surroundings surroundings;
    private Console console;

    @Spec
    CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", scope = ScopeType.INHERIT,
            description = "The configuration; otherwise HOLDFAST_CONFIG, ./holdfast.yml, /etc/holdfast/holdfast.yml, "
                    + "or the classic variables (DB_NAME ...).")
    Path config;

    @Option(names = "--json", scope = ScopeType.INHERIT,
            description = "Print the result as JSON and nothing else on stdout (docs/cli.md has the shapes).")
    boolean json;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of a failure.")
    boolean debug;

    @Option(names = "--yes", scope = ScopeType.INHERIT,
            description = "Answer yes where bin/holdfast asks whether to install what is missing.")
    boolean yes;

    HoldfastCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to do: one of "
                + String.join(", ", spec.subcommands().keySet()));
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Console console() {
        if (console == null) {
            console = Console.ofProcess(spec.commandLine().getOut(), spec.commandLine().getErr(), json,
                    surroundings.environment());
        }
        return console;
    }

    Optional<Path> configFile() {
        return new HoldfastConfigLoader(surroundings.environment(), surroundings.folder())
                .find(Optional.ofNullable(config));
    }

    HoldfastConfig config() {
        return new HoldfastConfigLoader(surroundings.environment(), surroundings.folder())
                .load(Optional.ofNullable(config));
    }

    Secrets secrets(HoldfastConfig configuration, ServiceRole role) {
        return new Secrets(configuration, role, surroundings.environment());
    }

    Repositories repositories(HoldfastConfig configuration, ServiceRole role) {
        return Repositories.open(configuration, secrets(configuration, role));
    }

    /** Tells a failure on stderr (and as a document in JSON mode). */
    int failed(Exception failure) {
        HoldfastException described = Main.described(failure);
        console().status("");
        if (described instanceof InvalidConfiguration invalid) {
            tell(invalid);
        } else {
            console().error("holdfast: " + described.getMessage());
        }
        console().error("  next: " + described.nextStep());
        console().error("  code: " + described.code());
        if (debug) {
            java.io.StringWriter trace = new java.io.StringWriter();
            failure.printStackTrace(new java.io.PrintWriter(trace));
            console().error(trace.toString());
        }
        console().document(new FailureDocument(failure(described)));
        return ExitCode.of(described).code();
    }

    /** By line, with what is accepted under what was found: there may be many, and they are corrected top down. */
    private void tell(InvalidConfiguration invalid) {
        console().error("holdfast: " + invalid.getMessage().lines().findFirst().orElseThrow());
        invalid.problems().stream().sorted(Comparator.comparingInt(ConfigProblem::line)).forEach(problem -> {
            String where = problem.line() > 0 ? String.format("  line %-4d ", problem.line()) : "  ";
            console().error(where + problem.path() + ": " + problem.message());
            if (!problem.accepted().isEmpty()) {
                console().error(" ".repeat(where.length()) + "accepted: " + problem.accepted());
            }
        });
    }

    static Failure failure(HoldfastException failure) {
        return new Failure(failure.code(), failure.kind().name().toLowerCase(Locale.ROOT), failure.getMessage(),
                failure.nextStep(), failure instanceof InvalidConfiguration invalid ? invalid.problems() : List.of());
    }
}
