package dev.holdfast.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** {@code --wait} takes a stage only as {@code --wait=stage}, so that {@code --wait shop} leaves the database alone. */
final class AttachedOnly implements IParameterPreprocessor {

    @Override
    public boolean preprocess(Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> info) {
        if (!"=".equals(info.get("separator"))) {
            arguments.push(BackupCommand.Stage.completed.name());
        }
        return false;
    }
}
