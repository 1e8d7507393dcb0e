package dev.holdfast.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.RunProgressed;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ConsoleTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void a_status_never_wraps_so_that_the_next_line_can_clear_all_of_it() {
        Console console = new Console(new PrintWriter(out), new PrintWriter(err), false, true, false);
        console.status("[###] 10 %");
        console.status("");
        console.line("done");
        assertThat(out.toString()).isEqualTo("\033[?7l[###] 10 %\033[?7h\r\033[Kdone\n");
    }

    @Test
    void no_name_or_manifest_can_steer_the_terminal_on_stdout_or_stderr() {
        for (boolean colour : new boolean[] {false, true}) {
            Console console = new Console(new PrintWriter(out), new PrintWriter(err), false, true, colour);
            console.line(console.bold("na\u001b[2Jme") + "\u009b31m\nof \u202eits\u001b]0;own");
            console.error("holdfast: '\u001b[2J\rx'\n  next: look");
        }
        assertThat(out.toString()).isEqualTo("na?[2Jme?31m?of ?its?]0;own\n"
                + "\u001b[1mna?[2Jme\u001b[0m?31m?of ?its?]0;own\n");
        assertThat(err.toString()).isEqualTo("holdfast: '?[2J?x'\n  next: look\n".repeat(2));
    }

    @Test
    void a_backup_whose_total_was_a_guess_ends_at_a_hundred_percent_of_what_it_was() {
        Progress progress = new Progress(new Console(new PrintWriter(out), new PrintWriter(err), false, false, false));
        progress.show(new RunProgressed("shop", "run", "backup", 1, "dump", 62_000_000, 100_000_000L, 1e6));
        progress.done(62_500_000);
        progress.done(1);
        assertThat(out.toString().lines()).hasSize(2).satisfiesExactly(
                line -> assertThat(line).contains("62.0 MB of ~100", "on disk", "62 %"),
                line -> assertThat(line).isEqualTo("  backup: 62.5 MB  100 %"));
    }

    @Test
    void without_a_terminal_there_is_no_status_and_no_control_character() {
        Console console = new Console(new PrintWriter(out), new PrintWriter(err), false, false, false);
        console.status("[###] 10 %");
        console.line("done");
        assertThat(out.toString()).isEqualTo("done\n");
    }
}
