package dev.holdfast.postgres.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs a small system program to its end, for what only a program can tell. */
public final class Probe {

    /** The first kilobyte that it printed, and how it ended. */
    public record Answer(String printed, ProgramResult result) {
    }

    private Probe() {
    }

    public static Answer run(String program, List<String> arguments, Enclosure enclosure, Duration timeout) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(arguments);
        try (RunningProgram running = ProgramStarter.start(command, Map.of(), enclosure, Redaction.NONE, () -> { })) {
            running.stdin().close();
            String printed = new String(running.stdout().readNBytes(1024), StandardCharsets.UTF_8);
            return new Answer(printed, running.await(timeout));
        } catch (IOException e) {
            return new Answer("", new ProgramResult.CouldNotStart(program + ": " + e.getMessage()));
        }
    }

    /** A program of the system's own folders, not of PATH. */
    public static Optional<Path> systemProgram(String name) {
        return ProgramStarter.find(name);
    }
}
