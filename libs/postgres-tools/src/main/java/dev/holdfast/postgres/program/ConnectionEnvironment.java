package dev.holdfast.postgres.program;

import java.util.Map;
import java.util.TreeMap;

import dev.holdfast.postgres.ConnectionSettings;

/** A connection as libpq's environment variables; the password is not among them (PGPASSFILE is). */
final class ConnectionEnvironment {

    private ConnectionEnvironment() {
    }

    static Map<String, String> of(ConnectionSettings settings, String applicationName) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("PGHOST", settings.host());
        environment.put("PGPORT", Integer.toString(settings.port()));
        environment.put("PGUSER", settings.user());
        environment.put("PGDATABASE", settings.database());
        environment.put("PGSSLMODE", settings.sslMode());
        environment.put("PGAPPNAME", applicationName);
        environment.put("PGCONNECT_TIMEOUT", "30");
        // Without these libpq would look into the home folder of whoever runs us.
        environment.put("PGPASSFILE", "/nonexistent");
        environment.put("PGSSLROOTCERT", settings.sslRootCert().map(Object::toString).orElse("/nonexistent"));
        environment.put("PGSSLCERT", settings.sslCert().map(Object::toString).orElse("/nonexistent"));
        environment.put("PGSSLKEY", settings.sslKey().map(Object::toString).orElse("/nonexistent"));
        return environment;
    }
}
