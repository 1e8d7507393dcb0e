package dev.holdfast.restore;

import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.program.Enclosure;
import dev.holdfast.postgres.program.PgRestore;
import dev.holdfast.postgres.program.ProgramResult;
import dev.holdfast.postgres.program.RunningProgram;
import dev.holdfast.postgres.program.ToolSet;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Streams an archive into a server. One stream and therefore one job: pg_restore can't read a pipe with several, and a
 * spooled archive would need as much disk again as the database.
 */
public final class ArchiveRestore {

    /** Data is loaded by the end of the stream; indexes and constraints are made after it, and that may take hours. */
    private static final Duration END_WITHIN = Duration.ofHours(24);

    private static final Pattern ENTRY = Pattern.compile("(?m)from TOC entry \\d+; \\d+ \\d+ (.+)$");

    private final ToolSet tools;
    private final Enclosure enclosure;

    public ArchiveRestore(ToolSet tools, Enclosure enclosure) {
        this.tools = tools;
        this.enclosure = enclosure;
    }

    /**
     * Restores with {@code --create}: the database comes back under its name, with its encoding, locale and settings.
     *
     * @param maintenance where to connect first; the archive's database must not exist there
     * @throws RestoreFailed where the server refuses a statement of the archive
     * @throws dev.holdfast.failure.HoldfastException what the stream fails with
     */
    public void create(InputStream archive, ConnectionSettings maintenance, LongConsumer progress) {
        run(PgRestore.creating(maintenance), archive, progress);
    }

    /** Restores definitions only into an existing, empty database. */
    public void definitions(InputStream archive, ConnectionSettings target) {
        run(PgRestore.definitions(target), archive, bytes -> { });
    }

    private void run(PgRestore restore, InputStream archive, LongConsumer progress) {
        try (RunningProgram program = restore.start(tools, enclosure)) {
            Feed feed = Feed.start(archive, program, progress);
            feed.await();
            ProgramResult result = program.await(END_WITHIN);
            if (!result.succeeded()) {
                throw new RestoreFailed(restore.failure(result), failedEntry(result.messages()));
            }
        }
    }

    /** Type, schema, name and owner of the entry that failed, as the archive's table of contents names it. */
    static Optional<String> failedEntry(String messages) {
        Matcher entry = ENTRY.matcher(messages);
        String last = null;
        while (entry.find()) {
            last = entry.group(1);
        }
        return Optional.ofNullable(last);
    }
}
