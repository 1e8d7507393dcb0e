package dev.holdfast.verifier.prove;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.CorruptObjectException;
import dev.holdfast.restore.RestoreFailed;
import java.util.List;
import java.util.Set;

/**
 * What a failure during a proof says: of the backup ({@link Defect}), of this machine ({@link NotProvable}), or of
 * neither. The last is the verifier's own trouble (a store that can't be reached, a program that was killed): it passes
 * through, so that a backup is never called bad for it.
 */
final class Verdicts {

    private static final Set<String> OWN_TROUBLE = Set.of("program-killed", "program-timed-out", "program-not-started",
            "source-unreachable", "interrupted", "source-unreadable");

    /** What PostgreSQL says of a refused statement, without what it may quote: values, or a text raised by a function. */
    private static final List<String> SPEAKING = List.of("duplicate key value violates unique constraint",
            "could not create unique index", "violates foreign key constraint", "violates check constraint",
            "violates not-null constraint", "is violated by some row", "is of wrong type", "does not exist", "already exists",
            "permission denied", "syntax error", "invalid input syntax", "invalid input value", "invalid byte sequence",
            "value too long", "out of range", "division by zero", "missing data for column", "extra data after last expected column",
            "cannot be executed", "read-only transaction", "must be owner", "not supported");

    private static final List<String> MEANS = List.of("out of memory", "out of shared memory", "stack depth limit exceeded",
            "too many open files", "could not fork", "Cannot allocate memory", "remaining connection slots");

    private Verdicts() {
    }

    static RuntimeException of(HoldfastException failure) {
        if (failure instanceof CorruptObjectException corrupt) {
            return Defect.of(corrupt.what(), corrupt.where(), corrupt.expected(), corrupt.found(), corrupt);
        }
        return switch (failure.code()) {
            case "library-missing" -> new NotProvable("library", failure.getMessage(), failure);
            case "locale-missing" -> new NotProvable("locale", failure.getMessage(), failure);
            case "disk-full" -> new NotProvable("disk", failure.getMessage(), failure);
            case "tools-too-old" -> new NotProvable("major", failure.getMessage(), failure);
            case "wrong-key" -> Defect.of("key", "encrypted streams", "a recipient whose secret key is configured",
                    "none", failure);
            case "decryption-failed" -> Defect.of("encryption", "encrypted streams", "an intact OpenPGP message",
                    failure.getMessage(), failure);
            case "archive-unreadable" -> Defect.of("archive", "data", "a complete archive of pg_dump",
                    failure.getMessage(), failure);
            case "globals-refused" -> Defect.of("globals", "globals.sql", "roles and grants that restore",
                    failure.getMessage(), failure);
            case String other when failure instanceof RestoreFailed && lacksMeans(failure) ->
                    new NotProvable("tool", failure.getMessage(), failure);
            case String other when failure instanceof RestoreFailed restore && !OWN_TROUBLE.contains(other) ->
                    Defect.of("restore", restore.entry().orElse("archive"), "restored", kindOf(failure.getMessage()), failure);
            case String other -> failure;
        };
    }

    /** Whether a failure is the verifier's own and says nothing of what it was doing. */
    static boolean isOwnTrouble(HoldfastException failure) {
        return OWN_TROUBLE.contains(failure.code());
    }

    /** Limits of this server, which another one may not have. */
    private static boolean lacksMeans(HoldfastException failure) {
        return failure.code().equals("lock-timeout") || MEANS.stream().anyMatch(failure.getMessage()::contains);
    }

    private static String kindOf(String message) {
        return SPEAKING.stream().filter(message::contains).findFirst().map(kind -> "error: " + kind)
                .orElse("an error of the server or of a function in the dump");
    }
}
