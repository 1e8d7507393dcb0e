package dev.holdfast.postgres;

import dev.holdfast.testkit.PostgresServer;

/** The test server's databases in the product's words. */
public final class ServerSettings {

    private ServerSettings() {
    }

    public static ConnectionSettings of(PostgresServer.Database database) {
        return ConnectionSettings.of(database.host(), database.port(), database.name(), database.user(),
                new Password(database.password()));
    }
}
