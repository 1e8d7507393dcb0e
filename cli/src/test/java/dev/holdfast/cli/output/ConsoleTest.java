package dev.holdfast.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

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
    void without_a_terminal_there_is_no_status_and_no_control_character() {
        Console console = new Console(new PrintWriter(out), new PrintWriter(err), false, false, false);
        console.status("[###] 10 %");
        console.line("done");
        assertThat(out.toString()).isEqualTo("done\n");
    }
}
