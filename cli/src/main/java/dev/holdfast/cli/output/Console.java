package dev.holdfast.cli.output;

import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a command writes. Results go to stdout: text, or with {@code --json} one JSON document and nothing else.
 * Everything told on the way goes to stderr in JSON mode, to stdout otherwise. Nothing in a text can steer the terminal.
 * Thread-safe by line.
 */
public final class Console {

    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String CLEAR_LINE = "\r\033[K";
    /** DECAWM off and on: a status wider than the terminal is cut at its edge; wrapped, only its last line could be cleared. */
    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;
    private final boolean terminal;
    private final boolean colour;
    private String status = "";

    /** @param terminal whether lines may be redrawn; never so in JSON mode */
    public Console(PrintWriter out, PrintWriter err, boolean json, boolean terminal, boolean colour) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.terminal = terminal && !json;
        this.colour = colour && !json;
    }

    /** As this process was started: a terminal unless redirected, colours unless {@code NO_COLOR} or a dumb terminal. */
    public static Console ofProcess(PrintWriter out, PrintWriter err, boolean json, Map<String, String> environment) {
        boolean terminal = System.console() != null && System.console().isTerminal()
                && !"dumb".equals(environment.getOrDefault("TERM", "dumb"));
        boolean colour = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Console(out, err, json, terminal, colour);
    }

    public boolean json() {
        return json;
    }

    public boolean terminal() {
        return terminal;
    }

    /** One line that the user types; empty where nobody can, since the output goes elsewhere or the input has ended. */
    public Optional<String> ask(String question) {
        return terminal ? Optional.ofNullable(System.console().readLine("%s ", Printable.line(question))) : Optional.empty();
    }

    /** A line of the result, or of what happens on the way. */
    public synchronized void line(String text) {
        PrintWriter writer = json ? err : out;
        clearStatus(writer);
        writer.println(colour ? Printable.styledLine(text) : Printable.line(text));
        printStatus(writer);
        writer.flush();
    }

    public void lines(Iterable<String> lines) {
        lines.forEach(this::line);
    }

    /** A failure, in text, on stderr whatever the mode. */
    public synchronized void error(String text) {
        clearStatus(terminal ? out : err);
        out.flush();
        err.println(Printable.lines(text));
        err.flush();
    }

    /** The command's one JSON document; nothing unless in JSON mode. */
    public synchronized void document(Object result) {
        if (json) {
            out.println(JSON.writeValueAsString(result));
            out.flush();
        }
    }

    /** A line of a stream of JSON values, as it is. */
    public synchronized void rawLine(String json) {
        out.println(json);
        out.flush();
    }

    /** The line at the bottom that is redrawn; only on a terminal, an empty text takes it away. */
    public synchronized void status(String text) {
        if (!terminal || text.equals(status)) {
            return;
        }
        clearStatus(out);
        status = Printable.line(text);
        printStatus(out);
        out.flush();
    }

    private void printStatus(PrintWriter writer) {
        if (!status.isEmpty()) {
            writer.print(NO_WRAP + status + WRAP);
        }
    }

    private void clearStatus(PrintWriter writer) {
        if (terminal && !status.isEmpty()) {
            writer.print(CLEAR_LINE);
        }
    }

    public String bold(String text) {
        return styled("1", text);
    }

    public String faint(String text) {
        return styled("2", text);
    }

    public String good(String text) {
        return styled("32", text);
    }

    public String bad(String text) {
        return styled("31", text);
    }

    private String styled(String code, String text) {
        return colour ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
