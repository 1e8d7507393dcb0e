package dev.holdfast.postgres.program;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One installed set of client programs.
 *
 * @param version as printed, for example {@code 15.18} or {@code 18beta1}
 * @param major   for example 15
 * @param minor   for example 18; 0 for pre-releases
 */
public record ToolSet(Path folder, String version, int major, int minor) {

    /** Where the program of this name lies; it may not be there. */
    public Path program(String name) {
        return folder.resolve(name);
    }

    public boolean has(String name) {
        return Files.isExecutable(program(name));
    }

    /** Whether a server can be made and run with this set ({@code initdb} and {@code postgres}). */
    public boolean hasServer() {
        return has("initdb") && has("postgres");
    }

    /** Whether its server lets only holders of the ADMIN option, and the bootstrap superuser, be grantors of a role. */
    public boolean checksGrantors() {
        return major >= 16;
    }

    /** Whether its psql knows {@code \restrict} (CVE-2025-8714; in 13.22, 14.19, 15.14, 16.10, 17.6 and later). */
    public boolean restrictsScripts() {
        return switch (major) {
            case 13 -> minor >= 22;
            case 14 -> minor >= 19;
            case 15 -> minor >= 14;
            case 16 -> minor >= 10;
            case 17 -> minor >= 6;
            default -> major >= 18;
        };
    }
}
