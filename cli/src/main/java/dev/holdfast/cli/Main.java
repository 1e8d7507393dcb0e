package dev.holdfast.cli;

import dev.holdfast.cli.output.Printable;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.config.Durations;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Where the process starts. */
public final class Main {

    private Main() {
    }

    public static void main(String[] arguments) {
        // Names of databases may hold any character, whatever the locale of this terminal says.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), false, StandardCharsets.UTF_8);
        quietLibraries();
        int exit = commandLine(Surroundings.ofProcess()).setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true)).execute(arguments);
        System.exit(exit);
    }

    /** Spring Boot reads the same property, and sets logging up anew for the services of {@code up}: so it goes again. */
    private static void quietLibraries() {
        System.setProperty("logback.configurationFile", "dev/holdfast/cli/logback.xml");
        LoggerFactory.getILoggerFactory();
        System.clearProperty("logback.configurationFile");
    }

    /** The whole command, ready to be executed. */
    static CommandLine commandLine(Surroundings surroundings) {
        HoldfastCommand holdfast = new HoldfastCommand(surroundings);
        CommandLine commandLine = new CommandLine(holdfast, new CommandFactory(holdfast));
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setUsageHelpLongOptionsMaxWidth(28);
        commandLine.registerConverter(java.time.Duration.class, Main::duration);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler((mistake, given) -> {
            CommandLine command = mistake.getCommandLine();
            command.getErr().println(Printable.lines("holdfast: " + mistake.getMessage()));
            command.getErr().println("  next: " + command.getCommandSpec().qualifiedName() + " --help");
            return ExitCode.USAGE.code();
        });
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> holdfast.failed(failure));
        return commandLine;
    }

    private static java.time.Duration duration(String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException("'" + text + "' " + e.getMessage() + "; accepted: 90s, 15m, 2h or PT15M");
        }
    }

    /** As a failure that names itself: what nobody foresaw is a bug, and its message may hold anything. */
    static HoldfastException described(Exception failure) {
        return failure instanceof HoldfastException known ? known : new HoldfastException(FailureKind.BUG,
                "internal-error", "something went wrong that was not foreseen: " + failure,
                "report it, with what --debug prints", failure);
    }
}
