package dev.holdfast.postgres;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How to reach one database. {@code database} is the real name and may hold anything PostgreSQL allows.
 *
 * @param sslMode  libpq's words: disable, allow, prefer, require, verify-ca, verify-full
 * @param password empty where the server asks none (peer, trust, certificate)
 * @param session  settings that the session starts with, whatever the database or the role sets. Not every pooler lets
 *                 them through, so a source gets only those that it needs
 */
public record ConnectionSettings(String host, int port, String database, String user, Optional<Password> password,
        String sslMode, Optional<Path> sslRootCert, Optional<Path> sslCert, Optional<Path> sslKey, Map<String, String> session) {

    public ConnectionSettings {
        session = Map.copyOf(session);
    }

    /** With the session's settings as the server has them. */
    public ConnectionSettings(String host, int port, String database, String user, Optional<Password> password,
            String sslMode, Optional<Path> sslRootCert, Optional<Path> sslCert, Optional<Path> sslKey) {
        this(host, port, database, user, password, sslMode, sslRootCert, sslCert, sslKey, Map.of());
    }

    public static ConnectionSettings of(String host, int port, String database, String user, Password password) {
        return new ConnectionSettings(host, port, database, user, Optional.ofNullable(password), "prefer",
                Optional.empty(), Optional.empty(), Optional.empty());
    }

    public ConnectionSettings withDatabase(String other) {
        return new ConnectionSettings(host, port, other, user, password, sslMode, sslRootCert, sslCert, sslKey, session);
    }

    /** Adds settings, or replaces those of the same name. */
    public ConnectionSettings withSession(Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>(session);
        all.putAll(settings);
        return new ConnectionSettings(host, port, database, user, password, sslMode, sslRootCert, sslCert, sslKey, all);
    }

    /** The session's settings as libpq's {@code options} (manual, "Parameter Key Words"); empty where there are none. */
    public String options() {
        return new TreeMap<>(session).entrySet().stream()
                .map(e -> "-c " + e.getKey() + "=" + e.getValue().replace("\\", "\\\\").replace(" ", "\\ "))
                .collect(Collectors.joining(" "));
    }
}
