package dev.holdfast.postgres.program;

import java.util.List;

/** What stands before a program's own argv: the commands that give up privileges and then execute the rest. */
public record Enclosure(List<String> prefix) {

    public static final Enclosure NONE = new Enclosure(List.of());

    public Enclosure {
        prefix = List.copyOf(prefix);
    }
}
