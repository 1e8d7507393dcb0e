package dev.holdfast.cli;

import dev.holdfast.cli.output.Console;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Who changes something and why, told to everybody who reads the log later. */
final class WhoAndWhy {

    private static final int LONGEST = 200;

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; whoever finds it so will want to know.")
    String reason;

    @Option(names = "--requester", paramLabel = "NAME", description = "Who asks (default: user@host of this process).")
    String requester;

    String requester() {
        return requester == null ? System.getProperty("user.name") + "@" + host() : checked("--requester", requester);
    }

    /** Asked for on a terminal where it wasn't given; elsewhere that is a mistake. */
    String requiredReason(Console console) {
        Optional<String> given = Optional.ofNullable(reason).or(() -> console.ask("Why?").filter(text -> !text.isBlank()));
        return checked("--reason", given.orElseThrow(() -> mistake("say why: --reason TEXT")));
    }

    String reason(String otherwise) {
        return reason == null ? otherwise : checked("--reason", reason);
    }

    private String checked(String option, String text) {
        if (text.isBlank() || text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            throw mistake(option + " is a line of 1 to " + LONGEST + " characters");
        }
        return text.strip();
    }

    private CommandLine.ParameterException mistake(String what) {
        return new CommandLine.ParameterException(command.commandLine(), what);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unnamed-host"; // a host that does not know its own name
        }
    }
}
