package dev.holdfast.cli;

import java.lang.reflect.Constructor;
import picocli.CommandLine;

/** Gives each subcommand the command it belongs to, by constructor. */
final class CommandFactory implements CommandLine.IFactory {

    private final HoldfastCommand holdfast;

    CommandFactory(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == HoldfastCommand.class) {
                return type.cast(constructor.newInstance(holdfast));
            }
        }
        return CommandLine.defaultFactory().create(type);
    }
}
