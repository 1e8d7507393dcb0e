package dev.holdfast.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

@Command(name = "completion", mixinStandardHelpOptions = true, description = "Print a completion script for bash and zsh: source <(holdfast completion)")
final class CompletionCommand implements Runnable {

    private final HoldfastCommand holdfast;

    CompletionCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public void run() {
        holdfast.spec.commandLine().getOut().print(AutoComplete.bash("holdfast", holdfast.spec.commandLine()));
        holdfast.spec.commandLine().getOut().flush();
    }
}
