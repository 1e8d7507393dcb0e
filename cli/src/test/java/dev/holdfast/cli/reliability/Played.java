package dev.holdfast.cli.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** @param when the day and the commit, as docs/reliability.md has them */
record Played(Outcome outcome, String when) {

    /** Today, and what git says is checked out. */
    static Played now(Outcome outcome) {
        return new Played(outcome, LocalDate.now(ZoneOffset.UTC) + ", commit " + commit());
    }

    private static String commit() {
        try {
            Process git = new ProcessBuilder("git", "rev-parse", "--short=10", "HEAD").redirectError(ProcessBuilder.Redirect.INHERIT).start();
            String commit = new String(git.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (git.waitFor() != 0) {
                throw new IllegalStateException("git does not say of which commit this is");
            }
            return commit;
        } catch (IOException e) {
            throw new UncheckedIOException("asking git for the commit", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("asking git for the commit", e);
        }
    }
}
