package dev.holdfast.cli.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Sends signals to processes that a test started, by their ids. */
enum Signal {

    KILL, STOP, CONT, TERM;

    void send(ProcessHandle process) {
        if (this == KILL) {
            process.destroyForcibly(); // without a detour over another program: steps are short
            return;
        }
        try {
            new ProcessBuilder("kill", "-" + name(), Long.toString(process.pid())).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("kill -" + name() + " " + process.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
