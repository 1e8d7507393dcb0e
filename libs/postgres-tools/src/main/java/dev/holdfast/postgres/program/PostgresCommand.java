package dev.holdfast.postgres.program;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;

/**
 * A PostgreSQL program with its arguments. Each type owns its arguments, the differences between versions, and what
 * its exit codes mean. No argument ever holds a password.
 */
public sealed interface PostgresCommand
        permits PgDump, PgDumpAll, PgRestore, Psql, PgAmcheck, Initdb, PostgresServerCommand {

    /** The code of a failure that is the program's own: no memory, or built without a compression. */
    String INCAPABLE = "tool-incapable";

    /** The program's name, for example {@code pg_dump}. */
    String program();

    /** Its arguments, without the program itself, for tools of this version. */
    List<String> arguments(ToolSet tools);

    /** Where it connects to; empty for programs that don't. */
    Optional<ConnectionSettings> connection();

    /** Shown in {@code pg_stat_activity}; ASCII. */
    default String applicationName() {
        return "holdfast";
    }

    /**
     * What a result other than success means.
     *
     * @throws IllegalArgumentException when the result is success
     */
    HoldfastException failure(ProgramResult result);

    /** Returns when it succeeded and throws its {@link #failure} otherwise. */
    default void check(ProgramResult result) {
        if (!result.succeeded()) {
            throw failure(result);
        }
    }

    /** Starts it as this user. Never throws for a program that does not start: awaiting it tells. */
    default RunningProgram start(ToolSet tools) {
        return start(tools, Enclosure.NONE);
    }

    /** Starts it within an enclosure. */
    default RunningProgram start(ToolSet tools, Enclosure enclosure) {
        List<String> command = new java.util.ArrayList<>(List.of(tools.program(program()).toString()));
        command.addAll(arguments(tools));
        Map<String, String> environment = new TreeMap<>();
        connection().ifPresent(settings -> environment.putAll(ConnectionEnvironment.of(settings, applicationName())));
        Optional<PassFile> passFile = connection().flatMap(ConnectionSettings::password).map(PassFile::write);
        passFile.map(PassFile::path).map(Path::toString).ifPresent(path -> environment.put("PGPASSFILE", path));
        Redaction redaction = new Redaction(connection().flatMap(ConnectionSettings::password));
        return ProgramStarter.start(command, environment, enclosure, redaction, () -> passFile.ifPresent(PassFile::delete));
    }
}
