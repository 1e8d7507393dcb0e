package dev.holdfast.postgres.program;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;

/**
 * {@code pg_amcheck} over every table and B-tree index of one database, index entries against heap included.
 * Exit 2 means corruption was found, 1 that it could not check.
 */
public record PgAmcheck(ConnectionSettings target, int jobs) implements PostgresCommand {

    /** The first major that has the program. */
    public static final int FIRST_MAJOR = 14;
    private static final int CORRUPTION = 2;
    /** {@code btree index "shop.public.i":} or {@code heap table "shop.public.t", block 0:}. */
    private static final Pattern RELATION = Pattern.compile("(btree index|heap table) \"(.+?)\"(?:,|:)");

    @Override
    public String program() {
        return "pg_amcheck";
    }

    @Override
    public List<String> arguments(ToolSet tools) {
        return List.of("--no-password", "--heapallindexed", "--install-missing", "--jobs=" + jobs,
                Conninfo.database(target.database()));
    }

    @Override
    public Optional<ConnectionSettings> connection() {
        return Optional.of(target);
    }

    /** Whether it ran to the end and found something; its findings are on stdout. */
    public static boolean foundCorruption(ProgramResult result) {
        return result instanceof ProgramResult.Exited exited && exited.code() == CORRUPTION;
    }

    /** The table or index that a printed line begins to speak of: its kind and name, without what was found in it. */
    public static Optional<String> damagedRelation(String line) {
        Matcher relation = RELATION.matcher(line);
        return relation.lookingAt() ? Optional.of(relation.group(1) + " " + relation.group(2)) : Optional.empty();
    }

    @Override
    public HoldfastException failure(ProgramResult result) {
        if (foundCorruption(result)) {
            return new HoldfastException(FailureKind.PERMANENT, "corruption-found",
                    "checking database \"%s\" with pg_amcheck: it reports corruption".formatted(target.database()),
                    "Run pg_amcheck on the database that was dumped, and keep older backups.");
        }
        return FailedProgram.of("checking database \"%s\" with pg_amcheck".formatted(target.database()), "amcheck-failed", result);
    }
}
