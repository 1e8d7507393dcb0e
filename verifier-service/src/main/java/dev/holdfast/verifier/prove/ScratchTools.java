package dev.holdfast.verifier.prove;

import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.program.ToolSet;
import dev.holdfast.repository.manifest.Manifest;

/**
 * Which programs prove a backup: a server and tools of the source's own major. Where pg_dump was newer than its source,
 * none do: a newer server would prove a migration, and no pg_restore promises to load its archive into an older one
 * (manual, "pg_dump", Notes).
 */
final class ScratchTools {

    private final PostgresTools installed;

    ScratchTools(PostgresTools installed) {
        this.installed = installed;
    }

    /** For reading the archive. */
    ToolSet reader(Manifest manifest) {
        int major = manifest.tool().major();
        return installed.server(major).orElseGet(() -> installed.choose(major));
    }

    /** @throws NotProvable reason major */
    ToolSet requireServer(Manifest manifest) {
        int source = manifest.source().serverMajor();
        int tool = manifest.tool().major();
        if (source != tool) {
            throw new NotProvable("major", ("pg_dump %d dumped a PostgreSQL %d server: its archive is not made for a %d server, and a %d server would "
                    + "prove something else; install PostgreSQL %d's client programs where the backup is made").formatted(tool, source, source, tool, source), null);
        }
        return installed.server(source).orElseThrow(() -> new NotProvable("major",
                "there is no PostgreSQL %d server on this machine to restore into".formatted(source), null));
    }
}
