package dev.holdfast.cli.reliability;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** docs/reliability.md: written by the matrix, nothing in it by hand. */
final class ReliabilityPage {

    static final Path PLACE = Path.of("..", "docs", "reliability.md");
    private static final String NOT_PLAYED = "?";
    private static final String NO_CASE = "";

    private ReliabilityPage() {
    }

    /** Sets one cell and keeps the others, also those that another slice of the matrix, played at the same time, sets. */
    static void rewrite(KillCase which, Played played) {
        change(cells -> cells.put(which, played));
    }

    /** Marks a cell as not played. */
    static void forget(KillCase which) {
        change(cells -> cells.remove(which));
    }

    private static void change(Consumer<Map<KillCase, Played>> change) {
        try (FileChannel lock = FileChannel.open(Path.of("target", "reliability-page.lock"), CREATE, WRITE); FileLock held = lock.lock()) {
            Map<KillCase, Played> cells = new HashMap<>(cells());
            change.accept(cells);
            Files.writeString(PLACE, text(cells));
        } catch (IOException e) {
            throw new UncheckedIOException("writing " + PLACE, e);
        }
    }

    /** The outcomes that the page has. */
    static Map<KillCase, Played> cells() {
        Map<String, String> notes = new HashMap<>();
        Map<KillCase, Played> cells = new HashMap<>();
        Matcher note = Pattern.compile("(?m)^- ([a-z]+): (.+)$").matcher(read());
        while (note.find()) {
            notes.put(note.group(1), note.group(2));
        }
        Fault fault = null;
        for (String line : read().lines().toList()) {
            if (line.startsWith("### ")) {
                String heading = line.substring(4).split(" ")[0];
                fault = Arrays.stream(Fault.values()).filter(one -> one.name().equals(heading)).findFirst().orElse(null);
            }
            String[] columns = line.split("\\|", -1);
            if (fault != null && columns.length == Part.values().length + 3) {
                row(fault, columns, notes, cells);
            }
        }
        return cells;
    }

    private static void row(Fault fault, String[] columns, Map<String, String> notes, Map<KillCase, Played> cells) {
        for (RunStep step : RunStep.values()) {
            if (columns[1].strip().equals(step.what())) {
                for (Part part : Part.values()) {
                    String cell = columns[2 + part.ordinal()].strip();
                    if (!cell.equals(NO_CASE) && !cell.equals(NOT_PLAYED)) {
                        cells.put(new KillCase(step, part, fault), played(cell.split(" "), notes));
                    }
                }
            }
        }
    }

    private static Played played(String[] cell, Map<String, String> notes) {
        Outcome outcome = Arrays.stream(Outcome.values()).filter(one -> one.cell().equals(cell[0])).findFirst().orElseThrow();
        return new Played(outcome, notes.get(cell[1]));
    }

    /** The page with these outcomes; cells that were never played are marked. */
    static String text(Map<KillCase, Played> cells) {
        List<String> when = cells.values().stream().map(Played::when).distinct().sorted().toList();
        List<String> lines = new ArrayList<>(List.of(
                "# Reliability",
                "",
                "What becomes of a run when something dies, hangs or is away. This page is written by the tests",
                "(`cli/src/test/java/dev/holdfast/cli/reliability`); a test holds it equal to what they say.",
                "",
                "```sh",
                "mvn verify -pl cli -am -Dtest=KillsIT -Dsurefire.failIfNoSpecifiedTests=false         # a few cells, in every build",
                "mvn verify -pl cli -am -Dtest=KillMatrixIT -Dsurefire.failIfNoSpecifiedTests=false -Dexcluded.test.tags=    # all, and this page anew",
                "```",
                "`-Dholdfast.matrix=REGEX` plays the cells that match, such as `dump-.*` or `.*-broker-sigkill`.",
                "",
                "## Kill matrix",
                "",
                "A broker and the five services, each a process, a lease of " + Installation.LEASE.toSeconds() + " seconds. At the step in the first column the part in the head",
                "of the column is struck; what is killed or told to end is started again at once, as systemd would.",
                "",
                "- **once**: one backup was completed, with one manifest, and each proof that was asked for was made once; each subscribed event",
                "  was told under one webhook-id; no program, scratch folder, session, lock, upload or object was left beside committed backups and",
                "  reported orphans, and the status says that nothing runs. Where neither worker nor verifier was struck, nothing was begun twice",
                "  and nothing given back; where one was, once more at most. A broker that dies before it confirms a claim may leave it on the",
                "  log, without anybody who works for it.",
                "- **cancelled**: there is no backup, as a person wanted. The rest holds likewise.",
                "- **loud**: the run failed, with an alert, and there is no backup of it, a lease later neither. The rest holds likewise.",
                "- **late**: the next step was on the log before the blow fell, each of four times, so nothing was shown.",
                "- **" + NOT_PLAYED + "**: not played yet. An empty cell is not in the matrix.",
                "",
                "What a step would rush into is stopped until the blow has fallen, and a dump is kept waiting for a table. While a worker or",
                "verifier is stopped a second one runs; the scheduler is stopped for " + Blow.SCHEDULER_ASLEEP.toSeconds() + " seconds, with a pulse in every partition. Temporary files that a",
                "killed writer leaves in a repository are swept by the tests at any age; in life they stay for a day. That a run ends is awaited for",
                "minutes: how soon it does is not judged here.",
                "",
                "The letter behind an outcome says when and of which commit it is:",
                ""));
        for (int index = 0; index < when.size(); index++) {
            String one = when.get(index);
            lines.add("- " + letter(index) + ": " + one);
        }
        for (Fault fault : Fault.values()) {
            lines.addAll(List.of("", "### " + fault + " " + what(fault), ""));
            lines.add("| step | " + Arrays.stream(Part.values()).map(Part::label).collect(Collectors.joining(" | ")) + " |");
            lines.add("|---|" + "---|".repeat(Part.values().length));
            for (RunStep step : RunStep.values()) {
                lines.add("| " + step.what() + " | " + Arrays.stream(Part.values())
                        .map(part -> cell(new KillCase(step, part, fault), cells, when)).collect(Collectors.joining(" | ")) + " |");
            }
        }
        lines.addAll(List.of("", "## Outages, clocks and numbers", "", "| what | outcome | shown by |", "|---|---|---|"));
        Hardship.ALL.forEach(hardship -> lines.add("| " + hardship.what() + " | " + hardship.outcome() + " | "
                + hardship.tests().stream().map(test -> "`" + test + "`").collect(Collectors.joining("<br>")) + " |"));
        return String.join("\n", lines) + "\n";
    }

    private static String what(Fault fault) {
        return switch (fault) {
            case SIGKILL -> "and a new start";
            case SIGSTOP -> "for two leases and more, then SIGCONT";
            case SIGTERM -> "and a new start";
        };
    }

    private static String cell(KillCase which, Map<KillCase, Played> cells, List<String> when) {
        Played played = cells.get(which);
        return !KillCase.all().contains(which) ? NO_CASE : played == null ? NOT_PLAYED
                : played.outcome().cell() + " " + letter(when.indexOf(played.when()));
    }

    private static String letter(int index) {
        return String.valueOf((char) ('a' + index));
    }

    static String read() {
        try {
            return Files.exists(PLACE) ? Files.readString(PLACE) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + PLACE, e);
        }
    }
}
