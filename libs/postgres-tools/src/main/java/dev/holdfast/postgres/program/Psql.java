package dev.holdfast.postgres.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;

/**
 * {@code psql} with SQL on stdin, no start-up file, stopping at the first error. Exit 1 is its own failure, 2 a lost
 * connection, 3 an SQL error (PostgreSQL manual, "psql", Exit Status).
 */
public record Psql(ConnectionSettings target, String applicationName, Output output) implements PostgresCommand {

    /** How rows are printed. */
    public enum Output {
        /** Values only, separated by {@code |}, one row a line. */
        UNALIGNED,
        /** RFC 4180, without a header; NULL is an unquoted empty field as psql prints it. */
        CSV
    }

    @Override
    public String program() {
        return "psql";
    }

    @Override
    public List<String> arguments(ToolSet tools) {
        List<String> arguments = new ArrayList<>(List.of("--no-psqlrc", "--no-password", "--quiet",
                "--set=ON_ERROR_STOP=1", "--tuples-only"));
        arguments.add(output == Output.CSV ? "--csv" : "--no-align");
        arguments.addAll(List.of("--dbname=" + Conninfo.database(target.database()), "--file=-"));
        return arguments;
    }

    @Override
    public Optional<ConnectionSettings> connection() {
        return Optional.of(target);
    }

    @Override
    public HoldfastException failure(ProgramResult result) {
        return FailedProgram.of("running SQL in database \"%s\" with psql".formatted(target.database()), "sql-failed", result);
    }
}
