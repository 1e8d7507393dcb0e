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
        // pg_dump writes timestamps with time zone in the session's zone and does not set it: two dumps of the same data
        // must not differ by the zones of two servers. Poolers let these parameters through.
        environment.put("PGTZ", "UTC");
        // pg_dumpall writes VALID UNTIL in the session's date style, which another server would read as another day.
        environment.put("PGDATESTYLE", "ISO");
        if (!settings.options().isEmpty()) {
            environment.put("PGOPTIONS", settings.options());
        }
        // Without these libpq would look into the home folder of whoever runs us.
        environment.put("PGPASSFILE", "/nonexistent");
        environment.put("PGSSLROOTCERT", settings.sslRootCert().map(Object::toString).orElse("/nonexistent"));
        environment.put("PGSSLCERT", settings.sslCert().map(Object::toString).orElse("/nonexistent"));
        environment.put("PGSSLKEY", settings.sslKey().map(Object::toString).orElse("/nonexistent"));
        return environment;
    }
}
