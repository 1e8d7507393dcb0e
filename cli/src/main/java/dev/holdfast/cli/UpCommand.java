package dev.holdfast.cli;

import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.platform.Platform;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.config.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "up", mixinStandardHelpOptions = true, description = {
    "Run a Kafka broker and the five services here, for evaluation, until Ctrl-C. A broker is started where",
    "kafka.bootstrap-servers names this machine and none answers there; any other one is used as it is. Without",
    "repositories in the configuration, backups go to a folder below --state."})
final class UpCommand implements Callable<Integer> {

    /** The document of {@code up --json}, printed once all is ready. */
    record Up(String kafka, Long brokerProcess, Map<String, Integer> ports, String state, List<String> databases) {
    }

    private final HoldfastCommand holdfast;

    @Option(names = "--state", paramLabel = "FOLDER",
            description = "Where the broker's data, the log and the default repository lie (default: ~/.local/state/holdfast).")
    Path state;

    @Option(names = "--port", paramLabel = "PORT", description = "Of the scheduler's API; the other services take the next four; "
            + "0 for free ones (default: scheduler.port of the configuration, or 8600).")
    Integer port;

    UpCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path folder = stateFolder();
        HoldfastConfig config = configuration(folder);
        if (config.databases().isEmpty()) {
            throw new HoldfastException(FailureKind.PERMANENT, "configuration-invalid",
                    "starting the services: no database is configured", "write a holdfast.yml (README.md has one of ten"
                    + " lines), set DB_NAME and the other classic variables, or see it all at work first: holdfast demo");
        }
        Console console = holdfast.console();
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicBoolean stopping = new AtomicBoolean();
        Platform platform = new Platform();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stopping.set(true);
            console.line("Stopping ...");
            platform.close();
            console.line("Stopped.");
            stopped.countDown();
        }, "stop-platform"));
        try {
            platform.start(config, folder, basePort(config), line -> console.line("  " + line));
        } catch (RuntimeException e) {
            if (stopping.get()) {
                stopped.await();
            }
            throw e;
        }
        console.document(new Up(config.kafka().bootstrapServers(), platform.broker().map(broker -> broker.pid()).orElse(null),
                platform.ports(), folder.toString(), config.databases().keySet().stream().sorted().toList()));
        console.line("  repositories: " + String.join(", ", config.repositories().values().stream()
                .map(repository -> repository.name() + " (" + repository.path().map(Path::toString)
                        .orElseGet(() -> "s3://" + repository.s3().orElseThrow().bucket()) + ")").toList()));
        console.line("  log: " + folder.resolve("services.log"));
        console.line(console.good("Ready.") + " Ask for a backup from another terminal: holdfast backup "
                + config.databases().keySet().stream().sorted().findFirst().orElseThrow() + " --wait=verified");
        console.line("Ctrl-C stops everything.");
        stopped.await();
        return ExitCode.DONE.code();
    }

    int basePort(HoldfastConfig config) {
        return port == null ? config.scheduler().port() : port;
    }

    private Path stateFolder() {
        String home = System.getProperty("user.home");
        Path folder = state != null ? state : Optional.ofNullable(holdfast.surroundings().environment().get("XDG_STATE_HOME"))
                .map(Path::of).orElse(Path.of(home, ".local", "state")).resolve("holdfast");
        return holdfast.surroundings().folder().resolve(folder).toAbsolutePath().normalize();
    }

    /** The configuration with what an evaluation needs and nobody should have to write: one repository, a scratch folder. */
    private HoldfastConfig configuration(Path folder) {
        Map<String, String> environment = new HashMap<>(holdfast.surroundings().environment());
        environment.putIfAbsent("HOLDFAST_EVALUATION", "true");
        HoldfastConfig first;
        try {
            first = holdfast.config();
        } catch (InvalidConfiguration e) {
            if (e.problems().stream().noneMatch(problem -> problem.path().equals("repositories"))) {
                throw e;
            }
            environment.put("HOLDFAST_REPOSITORIES_LOCAL_PATH", createdFolder(folder.resolve("repository")).toString());
            first = load(environment);
        }
        if (!Files.isWritable(first.verifier().scratch())) {
            environment.putIfAbsent("HOLDFAST_VERIFIER_SCRATCH", folder.resolve("scratch").toString());
        }
        return load(environment);
    }

    /** Only this command's own folder is made; one that the configuration names may be a mount that is missing. */
    private static Path createdFolder(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new HoldfastException(FailureKind.PERMANENT, "state-not-writable", "making " + folder + ": " + e,
                    "name a folder that this user may write: --state", e);
        }
    }

    private HoldfastConfig load(Map<String, String> environment) {
        return new HoldfastConfigLoader(environment, holdfast.surroundings().folder()).load(Optional.ofNullable(holdfast.config));
    }
}
