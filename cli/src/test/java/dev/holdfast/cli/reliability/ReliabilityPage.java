package dev.holdfast.cli.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** docs/reliability.md: written by the matrix, nothing in it by hand. */
final class ReliabilityPage {

    static final Path PLACE = Path.of("..", "docs", "reliability.md");
    private static final String NOT_PLAYED = "?";
    private static final String NO_CASE = "";

    private ReliabilityPage() {
    }

    /** Sets one cell and keeps the others. */
    static void rewrite(KillCase which, Outcome outcome) {
        Map<KillCase, String> cells = new HashMap<>(cells());
        cells.put(which, outcome.cell());
        try {
            Files.writeString(PLACE, text(cells));
        } catch (IOException e) {
            throw new UncheckedIOException("writing " + PLACE, e);
        }
    }

    /** The outcomes that the page has. */
    static Map<KillCase, String> cells() {
        Map<KillCase, String> cells = new HashMap<>();
        Fault fault = null;
        for (String line : read().lines().toList()) {
            if (line.startsWith("### ")) {
                String heading = line.substring(4).split(" ")[0];
                fault = Arrays.stream(Fault.values()).filter(one -> one.name().equals(heading)).findFirst().orElse(null);
            }
            String[] columns = line.split("\\|", -1);
            if (fault != null && columns.length == Part.values().length + 3) {
                row(fault, columns, cells);
            }
        }
        return cells;
    }

    private static void row(Fault fault, String[] columns, Map<KillCase, String> cells) {
        for (RunStep step : RunStep.values()) {
            if (columns[1].strip().equals(step.what())) {
                for (Part part : Part.values()) {
                    String cell = columns[2 + part.ordinal()].strip();
                    if (!cell.equals(NO_CASE) && !cell.equals(NOT_PLAYED)) {
                        cells.put(new KillCase(step, part, fault), cell);
                    }
                }
            }
        }
    }

    /** The page with these outcomes; cells that were never played are marked. */
    static String text(Map<KillCase, String> cells) {
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
                "- **once**: one backup was completed, with one manifest, and proven once; each subscribed event was told under one webhook-id; no",
                "  program, scratch folder, session, lock, upload or object was left beside committed backups and reported orphans.",
                "- **loud**: the run failed, with an alert, and there is no backup of it. The rest holds likewise.",
                "- **" + NOT_PLAYED + "**: not played yet. An empty cell is not in the matrix."));
        for (Fault fault : Fault.values()) {
            lines.addAll(List.of("", "### " + fault + " " + what(fault), ""));
            lines.add("| step | " + Arrays.stream(Part.values()).map(Part::label).collect(Collectors.joining(" | ")) + " |");
            lines.add("|---|" + "---|".repeat(Part.values().length));
            for (RunStep step : RunStep.values()) {
                lines.add("| " + step.what() + " | " + Arrays.stream(Part.values())
                        .map(part -> cell(new KillCase(step, part, fault), cells)).collect(Collectors.joining(" | ")) + " |");
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
            case SIGSTOP -> "for two leases, then SIGCONT";
            case SIGTERM -> "and a new start";
        };
    }

    private static String cell(KillCase which, Map<KillCase, String> cells) {
        return KillCase.all().contains(which) ? cells.getOrDefault(which, NOT_PLAYED) : NO_CASE;
    }

    static String read() {
        try {
            return Files.exists(PLACE) ? Files.readString(PLACE) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + PLACE, e);
        }
    }
}
