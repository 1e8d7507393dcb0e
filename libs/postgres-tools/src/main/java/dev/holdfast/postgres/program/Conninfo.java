package dev.holdfast.postgres.program;

/**
 * libpq takes a database argument that holds {@code =} or starts with {@code postgres://} for a connection string
 * (PostgreSQL manual, "Connection Strings"). So a name is always passed as one, quoted: then it is only a name.
 */
final class Conninfo {

    private Conninfo() {
    }

    static String database(String name) {
        return "dbname='" + name.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
