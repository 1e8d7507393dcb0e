package dev.holdfast.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** Runs the command in this JVM and keeps what it printed. */
record Cli(int exit, String out, String err) {

    static Cli run(Path folder, Map<String, String> environment, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = Main.commandLine(new Surroundings(environment, folder, Clock.systemUTC()))
                .setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(arguments);
        return new Cli(exit, out.toString(), err.toString());
    }
}
