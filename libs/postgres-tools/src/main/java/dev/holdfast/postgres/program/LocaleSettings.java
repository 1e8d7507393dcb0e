package dev.holdfast.postgres.program;

import java.util.Optional;

/**
 * How a database orders and encodes text.
 *
 * @param provider       libc, icu or builtin (the manual's locale providers)
 * @param providerLocale the provider's own locale where it is not libc
 */
public record LocaleSettings(String encoding, String collate, String ctype, String provider,
        Optional<String> providerLocale) {

    public static LocaleSettings libc(String encoding, String collate, String ctype) {
        return new LocaleSettings(encoding, collate, ctype, "libc", Optional.empty());
    }
}
