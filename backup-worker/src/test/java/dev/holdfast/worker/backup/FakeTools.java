package dev.holdfast.worker.backup;

import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A folder of client programs: the installed ones, but for those that a test writes as shell scripts. */
final class FakeTools {

    private final Path folder;
    private final PostgresServer server;
    private final String version;

    FakeTools(Path folder, PostgresServer server) throws IOException {
        this(folder, server, server.major() + ".99");
    }

    FakeTools(Path folder, PostgresServer server, String version) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.server = server;
        this.version = version;
        for (String program : new String[] {"pg_dump", "pg_dumpall", "pg_restore"}) {
            script(program, "exec " + real(program) + " \"$@\"");
        }
    }

    /** Replaces a program; in the body, {@code REAL} stands for the installed one with the arguments given. */
    FakeTools script(String program, String body) throws IOException {
        Path file = folder.resolve(program);
        Files.writeString(file, """
                #!/bin/sh
                if [ "$1" = --version ]; then echo "%s (PostgreSQL) %s"; exit 0; fi
                %s
                """.formatted(program, version, body.replace("REAL", real(program) + " \"$@\"")));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return this;
    }

    Path folder() {
        return folder;
    }

    private String real(String program) {
        return server.programFolder().resolve(program).toString();
    }
}
