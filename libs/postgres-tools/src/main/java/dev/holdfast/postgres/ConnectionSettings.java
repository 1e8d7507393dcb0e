package dev.holdfast.postgres;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How to reach one database. {@code database} is the real name and may hold anything PostgreSQL allows.
 *
 * @param sslMode  libpq's words: disable, allow, prefer, require, verify-ca, verify-full
 * @param password empty where the server asks none (peer, trust, certificate)
 */
public record ConnectionSettings(String host, int port, String database, String user, Optional<Password> password,
        String sslMode, Optional<Path> sslRootCert, Optional<Path> sslCert, Optional<Path> sslKey) {

    public static ConnectionSettings of(String host, int port, String database, String user, Password password) {
        return new ConnectionSettings(host, port, database, user, Optional.ofNullable(password), "prefer",
                Optional.empty(), Optional.empty(), Optional.empty());
    }

    public ConnectionSettings withDatabase(String other) {
        return new ConnectionSettings(host, port, other, user, password, sslMode, sslRootCert, sslCert, sslKey);
    }
}
