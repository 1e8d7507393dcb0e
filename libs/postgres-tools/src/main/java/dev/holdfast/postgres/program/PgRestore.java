package dev.holdfast.postgres.program;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;

/**
 * {@code pg_restore}: lists an archive, writes it as SQL, or restores it (PostgreSQL manual, "pg_restore").
 * It stops at the first error and, being verbose, names the entry that failed; exit 1 is any failure, and exit 0 means
 * that nothing was ignored.
 *
 * @param archive the archive's file; empty reads stdin, which can't be restored with several jobs
 * @param target  where to restore to; empty for the acts that only read
 * @param entries a file with the lines of the table of contents to take, in their order; empty takes all
 */
public record PgRestore(Act act, Optional<Path> archive, Optional<ConnectionSettings> target, int jobs, Optional<Path> entries)
        implements PostgresCommand {

    /** What is done with the archive. */
    public enum Act {
        /** Prints its table of contents; proves that it is one. */
        LIST,
        /** Prints all of it as SQL and COPY data, with the database itself and its settings. */
        SCRIPT,
        /** Into the existing database {@code target}. */
        INTO,
        /** Definitions only, into the existing database {@code target}. */
        DEFINITIONS,
        /** Creates the database that the archive names, with its settings; {@code target} is only where to connect first. */
        CREATE
    }

    public PgRestore {
        if (jobs < 1 || jobs > 1 && archive.isEmpty()) {
            throw new IllegalArgumentException("pg_restore takes several jobs only from a file, and at least one: " + jobs);
        }
    }

    public PgRestore(Act act, Optional<Path> archive, Optional<ConnectionSettings> target, int jobs) {
        this(act, archive, target, jobs, Optional.empty());
    }

    public static PgRestore list() {
        return new PgRestore(Act.LIST, Optional.empty(), Optional.empty(), 1);
    }

    public static PgRestore script() {
        return new PgRestore(Act.SCRIPT, Optional.empty(), Optional.empty(), 1);
    }

    /** From stdin into an existing database. */
    public static PgRestore into(ConnectionSettings target) {
        return new PgRestore(Act.INTO, Optional.empty(), Optional.of(target), 1);
    }

    /** Definitions only, from stdin into an existing database. */
    public static PgRestore definitions(ConnectionSettings target) {
        return new PgRestore(Act.DEFINITIONS, Optional.empty(), Optional.of(target), 1);
    }

    /** From stdin, creating the database under the archive's name. */
    public static PgRestore creating(ConnectionSettings maintenance) {
        return new PgRestore(Act.CREATE, Optional.empty(), Optional.of(maintenance), 1);
    }

    /** The same from a file, with several jobs. */
    public PgRestore fromFile(Path file, int parallelJobs) {
        return new PgRestore(act, Optional.of(file), target, parallelJobs, entries);
    }

    /** The same, of these entries only; a line that starts with a semicolon is none. */
    public PgRestore only(Path tableOfContents) {
        return new PgRestore(act, archive, target, jobs, Optional.of(tableOfContents));
    }

    @Override
    public String program() {
        return "pg_restore";
    }

    @Override
    public List<String> arguments(ToolSet tools) {
        List<String> arguments = new ArrayList<>(List.of("--format=custom"));
        switch (act) {
            case LIST -> arguments.addAll(List.of("--list", "--create"));
            case SCRIPT -> arguments.addAll(List.of("--create", "--file=-"));
            case INTO, DEFINITIONS, CREATE -> {
                arguments.addAll(List.of("--exit-on-error", "--verbose", "--no-password",
                        "--dbname=" + Conninfo.database(target.orElseThrow().database())));
                if (act == Act.CREATE) {
                    arguments.add("--create");
                }
                if (act == Act.DEFINITIONS) {
                    arguments.add("--schema-only");
                }
                if (jobs > 1) {
                    arguments.add("--jobs=" + jobs);
                }
            }
        }
        entries.ifPresent(list -> arguments.add("--use-list=" + list.toAbsolutePath()));
        archive.ifPresent(file -> arguments.add(file.toAbsolutePath().toString()));
        return arguments;
    }

    @Override
    public Optional<ConnectionSettings> connection() {
        return target;
    }

    @Override
    public HoldfastException failure(ProgramResult result) {
        return switch (act) {
            case LIST -> FailedProgram.untold("listing an archive with pg_restore", "archive-unreadable", result);
            case SCRIPT -> FailedProgram.untold("reading an archive with pg_restore", "archive-unreadable", result);
            case INTO, DEFINITIONS, CREATE -> FailedProgram.of("restoring an archive with pg_restore", "restore-failed", result);
        };
    }
}
