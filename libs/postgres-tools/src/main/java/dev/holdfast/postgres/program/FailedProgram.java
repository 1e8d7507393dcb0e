package dev.holdfast.postgres.program;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;

/**
 * What a program's messages mean. Only its first error line is read and shown, cut before anything that quotes data: details,
 * contexts and statements hold row values and DDL.
 */
final class FailedProgram {

    private record Known(Pattern pattern, FailureKind kind, String code, String nextStep) {

        static Known of(String pattern, FailureKind kind, String code, String nextStep) {
            return new Known(Pattern.compile(pattern), kind, code, nextStep);
        }
    }

    private static final List<Known> KNOWN = List.of(
            Known.of("error: server version: \\S+; pg_\\w+ version: ", FailureKind.PERMANENT, "tools-too-old",
                    "Install client programs at least as new as the server."),
            Known.of("password authentication failed|no password supplied|no pg_hba.conf entry|authentication failed for user",
                    FailureKind.PERMANENT, "source-auth-failed", "Correct the user or its password reference in the configuration."),
            Known.of("FATAL: +database \".*\" does not exist", FailureKind.PERMANENT, "database-missing",
                    "Correct the database's name in the configuration, or create the database."),
            Known.of("permission denied for (table|relation) pg_authid", FailureKind.PERMANENT, "globals-not-readable",
                    "Role passwords are readable by a superuser only: use one, or leave passwords out (encryption: none does)."),
            Known.of("query would be affected by row-level security policy", FailureKind.PERMANENT, "row-security",
                    "Dump as a user with BYPASSRLS (ALTER ROLE ... BYPASSRLS)."),
            Known.of("permission denied for", FailureKind.PERMANENT, "table-not-readable",
                    "Let the user read everything: GRANT pg_read_all_data TO the user."),
            Known.of("canceling statement due to (lock|statement) timeout|could not obtain lock", FailureKind.RETRIABLE, "lock-timeout",
                    "Something holds an exclusive lock on a table (pg_locks shows it); a later attempt may succeed, or raise lock-wait-timeout."),
            Known.of("invalid snapshot identifier|could not import the requested snapshot|snapshot \".*\" does not exist",
                    FailureKind.RETRIABLE, "snapshot-lost", "The session that held the snapshot ended; a later attempt takes a new one."),
            Known.of("could not connect to server|connection to server .* failed|server closed the connection|terminating connection|could not translate host name|SSL SYSCALL error",
                    FailureKind.RETRIABLE, "source-unreachable", "Check that the server runs and lets this machine in."),
            Known.of("could not (open extension control file|access file|load library|find function)|extension \".*\" is not available|required extension|must be loaded via shared_preload_libraries",
                    FailureKind.PERMANENT, "library-missing", "Install the extension's package on this machine."),
            Known.of("invalid locale name|locale name .* invalid|could not open collator|collation .* for encoding .* does not exist",
                    FailureKind.PERMANENT, "locale-missing", "Generate the locale on this machine."),
            Known.of("No space left on device|could not extend file", FailureKind.PERMANENT, "disk-full",
                    "Free space on the disk that the message names."));

    /**
     * In these words a program says that it lacked something itself; the server's own errors begin with {@code ERROR}. What a
     * dump makes a program print may imitate them: they take the blame off a backup and never prove one.
     */
    private static final Pattern LACKS_MEANS = Pattern.compile("(?m)^(?!.*(?:ERROR|FATAL|PANIC):)(?:.*: )?(?:"
            + "out of memory|insufficient memory|[Cc]annot allocate memory(?: for (?:in|out)put buffer)?"
            + "|cannot restore from compressed archive \\((?:this build does not support compression with \\w+"
            + "|compression not supported in this installation)\\))$");

    private static final Pattern ERROR_LINE = Pattern.compile("(?m)^.*?\\b(?:error|ERROR|FATAL|PANIC|fatal):\\s+(.*)$");
    /** What these words lead to is a value or a statement. */
    private static final Pattern QUOTES_DATA = Pattern.compile(
            "(invalid input (?:syntax|value) for [^:]*|(?:date/time field value out of range)|invalid byte sequence [^:]*|query failed|malformed [^:]*):.*"
                    + "|\\b(?:query was|[Cc]ommand was).*");
    private static final Pattern QUOTED_VALUE = Pattern.compile("\\bvalue \".*?\"");

    private FailedProgram() {
    }

    static HoldfastException of(String doing, String code, ProgramResult result) {
        if (result.succeeded()) {
            throw new IllegalArgumentException(doing + " succeeded");
        }
        String message = doing + ": it " + result.describe() + detail(result);
        return switch (result) {
            case ProgramResult.CouldNotStart ignored -> new HoldfastException(FailureKind.PERMANENT, "program-not-started", message,
                    "Check that the program is installed and may be executed by this user.");
            case ProgramResult.TimedOut ignored -> new HoldfastException(FailureKind.RETRIABLE, "program-timed-out", message,
                    "Find out what it waited for; raise the deadline if the database has grown.");
            case ProgramResult.KilledBySignal ignored -> new HoldfastException(FailureKind.RETRIABLE, "program-killed", message,
                    "Somebody or the kernel (out of memory) ended it; the system log tells.");
            case ProgramResult.Exited exited when lacksMeans(exited) -> incapable(doing);
            case ProgramResult.Exited exited -> classify(exited, message).orElseGet(
                    () -> new HoldfastException(FailureKind.RETRIABLE, code, message,
                            "Run the program by hand with the same connection to see all of its messages."));
        };
    }

    private static boolean lacksMeans(ProgramResult.Exited exited) {
        return LACKS_MEANS.matcher(exited.messages()).find();
    }

    private static HoldfastException incapable(String doing) {
        return new HoldfastException(FailureKind.RETRIABLE, PostgresCommand.INCAPABLE,
                doing + ": the program says that it ran out of memory, or that it was built without the compression it met",
                "Give this machine more memory, or install client programs that know gzip, lz4 and zstd.");
    }

    /** Of a program whose messages quote what can't be trusted: none of them is read or shown. */
    static HoldfastException untold(String doing, String code, ProgramResult result) {
        return result instanceof ProgramResult.Exited exited && !result.succeeded() && !lacksMeans(exited)
                ? new HoldfastException(FailureKind.RETRIABLE, code, doing + ": it " + exited.describe(),
                        "Run the program by hand with the same input to see its messages.")
                : of(doing, code, result);
    }

    private static Optional<HoldfastException> classify(ProgramResult.Exited exited, String message) {
        Matcher line = ERROR_LINE.matcher(exited.messages());
        String first = line.find() ? line.group() : "";
        return KNOWN.stream().filter(known -> known.pattern().matcher(first).find()).findFirst()
                .map(known -> new HoldfastException(known.kind(), known.code(), message, known.nextStep()));
    }

    private static String detail(ProgramResult result) {
        String error = result instanceof ProgramResult.CouldNotStart ? result.messages() : firstError(result);
        return error.isEmpty() ? "" : ": " + error;
    }

    /** The first error, one line, without what may quote data. */
    static String firstError(ProgramResult result) {
        Matcher matcher = ERROR_LINE.matcher(result.messages());
        if (!matcher.find()) {
            return "";
        }
        String line = QUOTED_VALUE.matcher(QUOTES_DATA.matcher(matcher.group(1)).replaceFirst("$1")).replaceAll("value");
        return line.length() > 300 ? line.substring(0, 300) + "..." : line;
    }
}
