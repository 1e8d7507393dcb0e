package dev.holdfast.restore;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.program.PgRestore;
import dev.holdfast.postgres.program.PostgresCommand;
import dev.holdfast.postgres.program.ProgramResult;
import dev.holdfast.postgres.program.RunningProgram;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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

    private static final Pattern NUMBERS = Pattern.compile("(?m)from TOC entry (\\d+; \\d+ \\d+) ");

    private static final Pattern REFRESH = Pattern.compile("\\d+; \\d+ \\d+ " + RestoreFailed.REFRESH);

    private final Function<PostgresCommand, RunningProgram> programs;

    /** @param programs starts pg_restore, within a scratch cluster's walls where the target is one */
    public ArchiveRestore(Function<PostgresCommand, RunningProgram> programs) {
        this.programs = programs;
    }

    /**
     * Restores with {@code --create}: the database comes back under its name, with its encoding, locale and settings.
     *
     * @param maintenance where to connect first; the archive's database must not exist there
     * @throws RestoreFailed where the server refuses a statement of the archive
     * @throws dev.holdfast.failure.HoldfastException what the stream fails with
     */
    public void create(InputStream archive, ConnectionSettings maintenance, LongConsumer progress) {
        run(PgRestore.creating(maintenance), program -> Feed.start(archive, program, progress));
    }

    /** The same, of the entries that {@link #entriesWithoutRefreshing} wrote. */
    public void create(InputStream archive, ConnectionSettings maintenance, Path entries, LongConsumer progress) {
        run(PgRestore.creating(maintenance).only(entries), program -> Feed.start(archive, program, progress));
    }

    /**
     * Writes the archive's table of contents into a file, without the entries that fill materialized views; reads no
     * further than the program does.
     */
    public void entriesWithoutRefreshing(InputStream archive, Path file) {
        try (BufferedWriter kept = Files.newBufferedWriter(file, StandardCharsets.ISO_8859_1)) {
            list(archive, line -> {
                if (!REFRESH.matcher(line).lookingAt()) {
                    kept.write(line);
                    kept.write('\n');
                }
            });
        } catch (IOException e) {
            throw new HoldfastException(FailureKind.RETRIABLE, "scratch-failed", "writing a table of contents to " + file
                    + ": " + e, "check that the scratch folder can be written and its disk is not full", e);
        }
    }

    /**
     * The entry of this archive's table of contents that failed: type, schema, name and owner, as the archive writes them;
     * empty where none was named. The messages of a function can name another entry, and say nothing else.
     */
    public Optional<String> entry(InputStream archive, RestoreFailed failure) {
        Map<String, String> found = new HashMap<>();
        try {
            list(archive, line -> failure.named().stream().filter(numbers -> line.startsWith(numbers + " "))
                    .forEach(numbers -> found.put(numbers, line.substring(numbers.length() + 1))));
        } catch (IOException e) {
            throw new HoldfastException(FailureKind.RETRIABLE, "source-unreadable", "reading a table of contents: " + e,
                    "check the repository's store", e);
        }
        return failure.named().stream().filter(found::containsKey).map(found::get).findFirst();
    }

    /** What is done with each line of a table of contents. */
    @FunctionalInterface
    private interface Lines {
        void read(String line) throws IOException;
    }

    private void list(InputStream archive, Lines lines) throws IOException {
        PgRestore list = PgRestore.list();
        try (RunningProgram program = programs.apply(list)) {
            Feed feed = Feed.startUntilEnded(archive, program);
            try (BufferedReader printed = new BufferedReader(new InputStreamReader(program.stdout(), StandardCharsets.ISO_8859_1))) {
                for (String line = printed.readLine(); line != null; line = printed.readLine()) {
                    lines.read(line);
                }
            }
            feed.await();
            list.check(program.await(END_WITHIN));
        }
    }

    /**
     * Restores the definitions among these entries into an existing, empty database; reads no further than the program
     * does.
     */
    public void definitions(InputStream archive, ConnectionSettings target, Path entries) {
        run(PgRestore.definitions(target).only(entries), program -> Feed.startUntilEnded(archive, program));
    }

    private void run(PgRestore restore, Function<RunningProgram, Feed> feeding) {
        try (RunningProgram program = programs.apply(restore)) {
            feeding.apply(program).await();
            ProgramResult result = program.await(END_WITHIN);
            if (!result.succeeded()) {
                throw new RestoreFailed(restore.failure(result), failedEntry(result.messages()),
                        NUMBERS.matcher(result.messages()).results().map(match -> match.group(1)).distinct().limit(100).toList());
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
