package dev.holdfast.verifier.prove;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.PostgresCommand;
import dev.holdfast.repository.CorruptObjectException;
import java.util.Set;

/**
 * What a failure during a proof says: of the backup ({@link Defect}), perhaps of it ({@link Unconfirmed}), of this machine ({@link NotProvable}), or of
 * neither. The last is the verifier's own trouble (a store that can't be reached, a program that was killed): it passes
 * through, so that a backup is never called bad for it.
 */
final class Verdicts {

    /** None of these follows from what a program wrote, which a dump may have a hand in. */
    private static final Set<String> OWN_TROUBLE = Set.of("program-killed", "program-timed-out", "program-not-started",
            "scratch-server-gone", "interrupted", "source-unreadable");

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
            case "archive-unreadable" -> new Unconfirmed(Defect.of("archive", "data", "a complete archive of pg_dump",
                    "an archive that pg_restore can't read", failure));
            case "globals-refused" -> Defect.of("globals", "globals.sql", "roles and grants that restore",
                    failure.getMessage(), failure);
            case "scratch-limit", PostgresCommand.INCAPABLE -> new NotProvable("tool", failure.getMessage(), failure);
            case String other -> failure;
        };
    }

    /** What keeps one entry of an archive from being restored here. */
    static RuntimeException at(String entry, HoldfastException refusal) {
        return of(refusal) instanceof NotProvable known
                ? new NotProvable(known.reason(), refusal.getMessage() + " (entry: " + entry + ")", refusal) : refusal;
    }

    /** Whether a failure is the verifier's own and says nothing of what it was doing. */
    static boolean isOwnTrouble(HoldfastException failure) {
        return OWN_TROUBLE.contains(failure.code());
    }
}
