package dev.holdfast.cli.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** @param when the day and the commit, as docs/reliability.md has them */
record Played(Outcome outcome, String when) {

    /** Today, and what git says is checked out. */
    static Played now(Outcome outcome) {
        return new Played(outcome, LocalDate.now(ZoneOffset.UTC) + ", commit " + commit());
    }

    /** Sources that are not committed are said so: nobody else has them. */
    private static String commit() {
        return git("rev-parse", "--short=10", "HEAD") + (git("status", "--porcelain", "--", "*.java", "*.sh").isEmpty() ? "" : " and changes");
    }

    private static String git(String... arguments) {
        List<String> command = new ArrayList<>(List.of("git", "-C", ".."));
        command.addAll(List.of(arguments));
        try {
            Process git = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (git.waitFor() != 0) {
                throw new IllegalStateException("git does not say of which commit this is");
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException("asking git for the commit", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("asking git for the commit", e);
        }
    }
}
