package dev.holdfast.cli.output;

import dev.holdfast.events.RunProgressed;
import java.util.Locale;

/** How far a run is: a bar at the bottom of a terminal, elsewhere a plain line for each tenth. */
public final class Progress {

    private static final int WIDTH = 28;

    private final Console console;
    private String told = "";
    private String estimated;

    public Progress(Console console) {
        this.console = console;
    }

    /** A beat of somebody's run. A backup's total is what the database takes on disk, which a dump has less of, and nobody knows how much. */
    public void show(RunProgressed beat) {
        boolean backup = beat.activity().equals("backup");
        show(beat.activity() + ", " + beat.phase(), beat.bytes(), beat.totalBytes(), beat.bytesPerSecond(), backup ? " on disk" : "");
        if (backup && beat.totalBytes() != null) {
            estimated = beat.activity();
        }
    }

    /**
     * @param total          bytes expected, or null where unknown
     * @param bytesPerSecond measured lately
     */
    public void show(String what, long bytes, Long total, double bytesPerSecond) {
        show(what, bytes, total, bytesPerSecond, "");
    }

    private synchronized void show(String what, long bytes, Long total, double bytesPerSecond, String ofWhat) {
        boolean counted = bytes > 0 || total != null && total > 0;
        String numbers = !counted ? "" : Size.bytes(bytes) + (total == null || total <= 0 ? "" : " of ~" + Size.bytes(total) + ofWhat)
                + "  " + Size.rate(bytesPerSecond);
        if (console.terminal()) {
            console.status("  " + bar(bytes, total) + "  " + what + (counted ? "  " : "") + numbers);
            return;
        }
        // Without a terminal a line stays, so it is worth one only when something changed that a reader cares about.
        String step = what + (total == null || total <= 0 ? "" : " " + percent(bytes, total) / 10);
        if (!step.equals(told)) {
            told = step;
            console.line("  " + what + (counted ? ": " : "") + numbers
                    + (total == null || total <= 0 ? "" : String.format(Locale.ROOT, "  %d %%", percent(bytes, total))));
        }
    }

    /** The end of a run whose total was a guess: all of it is done, and this many bytes is what it was. */
    public synchronized void done(long bytes) {
        String what = estimated;
        end();
        if (what != null) {
            console.line("  " + (console.terminal() ? bar(bytes, bytes) + "  " + what + "  " + Size.bytes(bytes)
                    : what + ": " + Size.bytes(bytes) + "  100 %"));
        }
        estimated = null;
    }

    public synchronized void end() {
        told = "";
        console.status("");
    }

    private static String bar(long bytes, Long total) {
        if (total == null || total <= 0) {
            return "[" + " ".repeat(WIDTH) + "]     ";
        }
        int percent = percent(bytes, total);
        int filled = percent * WIDTH / 100;
        return "[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + String.format(Locale.ROOT, "] %3d %%", percent);
    }

    /** Never more than 100: a total estimated beforehand may turn out too small. */
    private static int percent(long bytes, long total) {
        return Math.clamp(bytes * 100 / total, 0, 100);
    }
}
