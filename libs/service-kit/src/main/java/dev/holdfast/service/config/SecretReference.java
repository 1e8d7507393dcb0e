package dev.holdfast.service.config;

/**
 * Where a secret is, never the secret: {@code env:NAME}, {@code file:/path} or a config tree entry. A literal value in
 * the file is refused with that advice.
 */
public sealed interface SecretReference {

    record FromEnvironment(String variable) implements SecretReference {
    }

    record FromFile(java.nio.file.Path path) implements SecretReference {
    }
}
