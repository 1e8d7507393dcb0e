package dev.holdfast.postgres.scratch;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.scratch.ServerLog.Entry;

/**
 * A scratch server did not do what it was asked. Its code follows from the SQLSTATE together with what a restored
 * function can't choose: the place in the server that raised the error, and whether the server still runs. Nothing of
 * the server's own words is in it. Codes: {@code scratch-server-gone}, {@code disk-full}, {@code scratch-limit},
 * {@code library-missing}, {@code locale-missing}; {@code sql-failed} for everything that speaks of what was asked;
 * {@link #UNTOLD} where the log tells of no error, or only of the session's end: the program that asked may have failed by
 * itself, or what it restored has silenced the log.
 */
public final class Refusal extends HoldfastException {

    /** The code where nothing but a program's exit tells of a failure. */
    public static final String UNTOLD = "tool-failed";
    /** The code of an error that the server told of. */
    public static final String SQL_FAILED = "sql-failed";

    /** Where the server asks the system for room on a disk. */
    private static final Set<String> STORAGE = Set.of("md.c", "fd.c", "buffile.c", "copydir.c", "xlog.c", "slru.c", "logtape.c",
            "bulk_write.c", "bufmgr.c", "localbuf.c", "dbcommands.c", "storage.c");
    /** Where it asks for memory, locks and processes. */
    private static final Set<String> LIMITS = Set.of("mcxt.c", "aset.c", "generation.c", "slab.c", "bump.c", "alignedalloc.c",
            "dsa.c", "dsm.c", "dsm_impl.c", "shmem.c", "dynahash.c", "lock.c", "predicate.c", "proc.c", "procarray.c",
            "postinit.c", "fd.c", "md.c");
    /** Where it hears its client and its administrator. */
    private static final Set<String> SESSION = Set.of("pqcomm.c", "pqformat.c", "postgres.c", "copyfromparse.c", "copyfrom.c", "copy.c",
            "be-secure.c", "postmaster.c", "backend_startup.c", "bgworker.c");
    private static final Set<String> LIBRARIES = Set.of("dfmgr.c", "extension.c");
    private static final Set<String> LOCALES = Set.of("pg_locale.c", "pg_locale_icu.c", "pg_locale_libc.c", "pg_locale_builtin.c");
    /** Manual, appendix "PostgreSQL Error Codes". Others are not named: who raises an error may choose its code. */
    private static final Map<String, String> CONDITIONS = Map.ofEntries(Map.entry("23505", "violates unique constraint"),
            Map.entry("23503", "violates foreign key constraint"), Map.entry("23514", "violates check constraint"),
            Map.entry("23502", "violates not-null constraint"), Map.entry("23P01", "violates exclusion constraint"),
            Map.entry("42601", "syntax error"), Map.entry("42501", "permission denied"), Map.entry("42704", "object does not exist"),
            Map.entry("42P01", "relation does not exist"), Map.entry("42883", "function does not exist"),
            Map.entry("42703", "column does not exist"), Map.entry("3F000", "schema does not exist"),
            Map.entry("42710", "object already exists"), Map.entry("42P07", "relation already exists"),
            Map.entry("42P04", "database already exists"), Map.entry("42723", "function already exists"),
            Map.entry("22P02", "invalid input syntax"), Map.entry("22021", "invalid byte sequence"),
            Map.entry("22P04", "wrong columns in the data"), Map.entry("22001", "value too long"),
            Map.entry("22003", "value out of range"), Map.entry("22008", "date out of range"), Map.entry("22012", "division by zero"),
            Map.entry("25006", "read-only transaction"), Map.entry("0A000", "not supported"), Map.entry("42804", "wrong type"));

    private final String condition;

    private Refusal(FailureKind kind, String code, String message, String nextStep, String condition, Throwable cause) {
        super(kind, code, message, nextStep, cause);
        this.condition = condition;
    }

    /** @param alive whether the server still runs, {@code error} what its log says */
    static Refusal of(String doing, boolean alive, Optional<Entry> error, Throwable cause) {
        if (error.filter(Refusal::isFullDisk).isPresent()) {
            return new Refusal(FailureKind.PERMANENT, "disk-full", doing + ": the scratch server's disk is full",
                    "Free space there, or name a larger disk as verifier.scratch.", "disk full", cause);
        }
        if (!alive) {
            return new Refusal(FailureKind.RETRIABLE, "scratch-server-gone", doing + ": the scratch server ended",
                    "Look whether the kernel ended it (out of memory); the system log tells.", "server gone", cause);
        }
        if (error.filter(found -> !isEndOfSession(found)).isEmpty()) {
            return new Refusal(FailureKind.RETRIABLE, UNTOLD, doing + ": the program failed, and the server's log tells "
                    + (error.isEmpty() ? "of no error" : "only that the session was broken off"),
                    "Run the same by hand to see the program's messages.", "an error that the server's log does not tell of", cause);
        }
        if (error.filter(Refusal::isLimit).isPresent()) {
            return new Refusal(FailureKind.PERMANENT, "scratch-limit", doing + ": a limit of the scratch server was reached (told by "
                    + error.get().file() + ")", "Give the verifier's machine more memory, or fewer slots as verifier.slots.",
                    "limit reached", cause);
        }
        if (error.filter(found -> LIBRARIES.contains(found.file())).isPresent()) {
            return new Refusal(FailureKind.PERMANENT, "library-missing", doing + ": an extension or a library is not installed on this machine",
                    "Install the extension's package on this machine.", "library missing", cause);
        }
        if (error.filter(Refusal::isLocale).isPresent()) {
            return new Refusal(FailureKind.PERMANENT, "locale-missing", doing + ": a locale is not there on this machine",
                    "Generate the locale on this machine.", "locale missing", cause);
        }
        String condition = error.map(Entry::sqlState).map(CONDITIONS::get).map(known -> "error: " + known)
                .orElse("an error of the server or of a function in the dump");
        return new Refusal(FailureKind.PERMANENT, SQL_FAILED, doing + ": " + condition,
                "Run the same by hand to see the server's message.", condition, cause);
    }

    /**
     * The client is gone (08), it or somebody else asked to cancel (57014; a client that fails while it is connected does), or the
     * session was told to end (57P): consequences, which speak of nothing that was asked. A function that raises these codes does
     * it elsewhere; one that cancels or ends its own session is found twice.
     */
    private static boolean isEndOfSession(Entry error) {
        String code = error.sqlState();
        return SESSION.contains(error.file()) && (code.startsWith("08") || code.equals("57014") || code.startsWith("57P"));
    }

    private static boolean isFullDisk(Entry error) {
        return error.sqlState().equals("53100") && STORAGE.contains(error.file());
    }

    private static boolean isLimit(Entry error) {
        if (error.function().equals(Entry.RECURSION)) {
            return true;
        }
        boolean ofMeans = error.sqlState().startsWith("53") || error.sqlState().equals("58030");
        return ofMeans && LIMITS.contains(error.file());
    }

    private static boolean isLocale(Entry error) {
        return LOCALES.contains(error.file()) || error.function().equals("get_collation_oid")
                || error.function().equals("createdb") && Set.of("42809", "22023").contains(error.sqlState());
    }

    /** What was refused, in fixed words. */
    public String condition() {
        return condition;
    }
}
