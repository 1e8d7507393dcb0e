package dev.holdfast.postgres.program;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;

/**
 * {@code pg_dump} in custom format to stdout (PostgreSQL manual, "pg_dump"). Exit 0 vouches for a complete archive;
 * 1 is any failure.
 *
 * @param snapshot        an exported snapshot to dump, or its own
 * @param lockWaitTimeout how long it waits for its share locks before it fails
 * @param encoding        of the archive, or what the session has
 */
public record PgDump(ConnectionSettings source, String applicationName, Optional<String> snapshot,
        Duration lockWaitTimeout, Contents contents, Optional<String> encoding) implements PostgresCommand {

    /** What goes into the archive. */
    public enum Contents {
        EVERYTHING,
        SCHEMA_ONLY
    }

    private static final int FIRST_WITH_ZSTD = 16;

    public PgDump(ConnectionSettings source, String applicationName, Optional<String> snapshot, Duration lockWaitTimeout) {
        this(source, applicationName, snapshot, lockWaitTimeout, Contents.EVERYTHING);
    }

    public PgDump(ConnectionSettings source, String applicationName, Optional<String> snapshot, Duration lockWaitTimeout,
            Contents contents) {
        this(source, applicationName, snapshot, lockWaitTimeout, contents, Optional.empty());
    }

    /** Written in this encoding, whatever the session's is. */
    public PgDump in(String archiveEncoding) {
        return new PgDump(source, applicationName, snapshot, lockWaitTimeout, contents, Optional.of(archiveEncoding));
    }

    /** The manifest's word for what these tools do: {@code zstd-inside}, or {@code none} so that we compress around it. */
    public static String compression(ToolSet tools) {
        return tools.major() >= FIRST_WITH_ZSTD ? "zstd-inside" : "none";
    }

    @Override
    public String program() {
        return "pg_dump";
    }

    @Override
    public List<String> arguments(ToolSet tools) {
        List<String> arguments = new ArrayList<>(List.of("--format=custom", "--no-password",
                "--lock-wait-timeout=" + lockWaitTimeout.toMillis(),
                tools.major() >= FIRST_WITH_ZSTD ? "--compress=zstd:3" : "--compress=0"));
        snapshot.ifPresent(id -> arguments.add("--snapshot=" + id));
        encoding.ifPresent(name -> arguments.add("--encoding=" + name));
        if (contents == Contents.SCHEMA_ONLY) {
            arguments.add("--schema-only");
        }
        arguments.add("--dbname=" + Conninfo.database(source.database()));
        return arguments;
    }

    @Override
    public Optional<ConnectionSettings> connection() {
        return Optional.of(source);
    }

    @Override
    public HoldfastException failure(ProgramResult result) {
        return FailedProgram.of("dumping database \"%s\" of %s:%d with pg_dump"
                .formatted(source.database(), source.host(), source.port()), "dump-failed", result);
    }
}
