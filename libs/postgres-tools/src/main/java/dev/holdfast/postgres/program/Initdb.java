package dev.holdfast.postgres.program;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Failures;

/**
 * {@code initdb} for a throw-away cluster that is reached by its socket only.
 *
 * @param superuser the bootstrap superuser; a name that no restored role has
 * @param locale    what databases without a locale of their own take
 */
public record Initdb(Path dataFolder, String superuser, LocaleSettings locale) implements PostgresCommand {

    private static final int FIRST_WITH_PROVIDERS = 15;

    @Override
    public String program() {
        return "initdb";
    }

    @Override
    public List<String> arguments(ToolSet tools) {
        List<String> arguments = new ArrayList<>(List.of("--pgdata=" + dataFolder, "--username=" + superuser,
                "--auth=trust", "--encoding=" + locale.encoding(), "--lc-collate=" + locale.collate(),
                "--lc-ctype=" + locale.ctype(), "--lc-messages=C", "--lc-monetary=C", "--lc-numeric=C", "--lc-time=C",
                "--no-sync", "--no-instructions"));
        if (tools.major() >= FIRST_WITH_PROVIDERS && !locale.provider().equals("libc")) {
            arguments.add("--locale-provider=" + locale.provider());
            locale.providerLocale().ifPresent(name -> arguments.add(
                    (locale.provider().equals("icu") ? "--icu-locale=" : "--builtin-locale=") + name));
        }
        return arguments;
    }

    @Override
    public Optional<ConnectionSettings> connection() {
        return Optional.empty();
    }

    @Override
    public HoldfastException failure(ProgramResult result) {
        if (result.messages().contains("invalid locale name") || result.messages().contains("could not open collator")
                || result.messages().contains("ICU is not supported")) {
            return Failures.permanent("locale-missing",
                    "making a cluster with collate %s and ctype %s (%s): this machine does not have that locale"
                            .formatted(locale.collate(), locale.ctype(), locale.provider()),
                    "Generate the locale (Debian, Ubuntu: locale-gen; dpkg-reconfigure locales) on the machine that verifies.");
        }
        return FailedProgram.of("making a cluster with initdb in " + dataFolder, "initdb-failed", result);
    }
}
