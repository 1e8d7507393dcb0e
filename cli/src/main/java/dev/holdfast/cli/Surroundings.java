package dev.holdfast.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** What a command takes from its process: environment, working folder and clock, so that a test can give others. */
public record Surroundings(Map<String, String> environment, Path folder, Clock clock) {

    public static Surroundings ofProcess() {
        return new Surroundings(System.getenv(), Path.of("").toAbsolutePath(), Clock.systemUTC());
    }
}
