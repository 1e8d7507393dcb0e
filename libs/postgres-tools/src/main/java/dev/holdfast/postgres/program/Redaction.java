package dev.holdfast.postgres.program;

import java.util.Optional;

import dev.holdfast.postgres.Password;

/** Takes a known password out of a program's messages. */
record Redaction(Optional<Password> password) {

    static final Redaction NONE = new Redaction(Optional.empty());

    String apply(String text) {
        return password.map(Password::reveal).filter(value -> !value.isEmpty())
                .map(value -> text.replace(value, "***")).orElse(text);
    }
}
