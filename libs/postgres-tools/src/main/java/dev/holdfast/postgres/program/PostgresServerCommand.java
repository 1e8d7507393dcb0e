package dev.holdfast.postgres.program;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Failures;

/** {@code postgres}, the server itself, over a data folder that holds its settings. It runs until it is stopped. */
public record PostgresServerCommand(Path dataFolder) implements PostgresCommand {

    @Override
    public String program() {
        return "postgres";
    }

    @Override
    public List<String> arguments(ToolSet tools) {
        return List.of("-D", dataFolder.toString());
    }

    @Override
    public Optional<ConnectionSettings> connection() {
        return Optional.empty();
    }

    @Override
    public HoldfastException failure(ProgramResult result) {
        if (result.messages().contains("could not access file") || result.messages().contains("could not load library")) {
            return Failures.permanent("library-missing",
                    "starting a PostgreSQL server in %s: a preloaded library is not installed: %s"
                            .formatted(dataFolder, FailedProgram.firstError(result)),
                    "Install the package of that library on this machine.");
        }
        return FailedProgram.of("running a PostgreSQL server in " + dataFolder, "server-failed", result);
    }
}
