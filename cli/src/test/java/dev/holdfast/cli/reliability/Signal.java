package dev.holdfast.cli.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Sends signals to processes that a test started, by their ids, and returns once they are sent. */
enum Signal {

    KILL, STOP, CONT, TERM;

    /** Steps are short, so whoever sends the signal waits already when its time has come. */
    private static final Process SHELL = shell();

    void send(ProcessHandle process) {
        synchronized (SHELL) {
            try {
                SHELL.getOutputStream().write((name() + " " + process.pid() + "\n").getBytes(StandardCharsets.US_ASCII));
                SHELL.getOutputStream().flush();
                if (SHELL.getInputStream().read() != '\n') {
                    throw new IOException("the shell that sends signals has ended");
                }
            } catch (IOException e) {
                throw new UncheckedIOException("kill -" + name() + " " + process.pid(), e);
            }
        }
    }

    private static Process shell() {
        try {
            return new ProcessBuilder("sh", "-c", "while read -r signal process; do kill -\"$signal\" \"$process\"; echo; done")
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new UncheckedIOException("starting a shell that sends signals", e);
        }
    }
}
