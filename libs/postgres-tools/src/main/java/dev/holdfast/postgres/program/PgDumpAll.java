package dev.holdfast.postgres.program;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;

/**
 * {@code pg_dumpall --globals-only}: roles, memberships, tablespaces, as SQL on stdout. With role passwords it reads
 * {@code pg_authid}, which needs a superuser.
 */
public record PgDumpAll(ConnectionSettings source, String applicationName, boolean rolePasswords,
        Duration lockWaitTimeout) implements PostgresCommand {

    @Override
    public String program() {
        return "pg_dumpall";
    }

    @Override
    public List<String> arguments(ToolSet tools) {
        List<String> arguments = new ArrayList<>(List.of("--globals-only", "--no-password",
                "--lock-wait-timeout=" + lockWaitTimeout.toMillis()));
        if (!rolePasswords) {
            arguments.add("--no-role-passwords");
        }
        arguments.add("--database=" + Conninfo.database(source.database()));
        return arguments;
    }

    @Override
    public Optional<ConnectionSettings> connection() {
        return Optional.of(source);
    }

    @Override
    public HoldfastException failure(ProgramResult result) {
        return FailedProgram.of("dumping the roles and tablespaces of %s:%d with pg_dumpall"
                .formatted(source.host(), source.port()), "globals-failed", result);
    }
}
