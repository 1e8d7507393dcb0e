package dev.holdfast.postgres.source;

import java.util.List;
import java.util.Optional;

import dev.holdfast.postgres.Lsn;

/**
 * What a restore needs to know of the server and database it came from.
 *
 * @param systemIdentifier empty where the user may not ask for it
 * @param lsn              the position at the time of asking
 * @param localeProvider   libc, icu or builtin
 * @param providerLocale   the provider's own locale where it is not libc
 * @param collationVersion empty where the provider tells none (C, POSIX)
 * @param databaseBytes    size on disk
 * @param roles            names, without the predefined {@code pg_*}
 * @param tablespaces      names, without the two built-in ones
 * @param settings         names of what ALTER DATABASE ... SET and ALTER ROLE ... IN DATABASE set; never values
 * @param warnings         what could not be asked, and why
 */
public record SourceDescription(Optional<String> systemIdentifier, String databaseName, String serverVersion,
        int serverMajor, Lsn lsn, int timeline, String encoding, String collate, String ctype, String localeProvider,
        Optional<String> providerLocale, Optional<String> collationVersion, long databaseBytes, String owner,
        List<Extension> extensions, List<String> preloadLibraries, List<String> roles, List<String> tablespaces,
        List<String> settings, List<String> warnings) {

    public record Extension(String name, String version, String schema) {
    }
}
