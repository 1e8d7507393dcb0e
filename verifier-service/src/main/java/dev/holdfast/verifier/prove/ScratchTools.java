package dev.holdfast.verifier.prove;

import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.program.ToolSet;
import dev.holdfast.repository.manifest.Manifest;
import java.util.Optional;

/**
 * Which programs prove a backup: a server and tools of the source's own major; where pg_dump was newer than its source,
 * of pg_dump's major, because nothing older reads that archive.
 */
final class ScratchTools {

    private final PostgresTools installed;

    ScratchTools(PostgresTools installed) {
        this.installed = installed;
    }

    /** For reading the archive. */
    ToolSet reader(Manifest manifest) {
        return server(manifest).orElseGet(() -> installed.choose(manifest.tool().major()));
    }

    /** With a server; empty where none of the right major is installed. */
    Optional<ToolSet> server(Manifest manifest) {
        return installed.server(Math.max(manifest.source().serverMajor(), manifest.tool().major()));
    }

    /** @throws NotProvable reason major */
    ToolSet requireServer(Manifest manifest) {
        return server(manifest).orElseThrow(() -> new NotProvable("major",
                "there is no PostgreSQL %d server on this machine to restore into".formatted(
                        Math.max(manifest.source().serverMajor(), manifest.tool().major())), null));
    }
}
