package dev.holdfast.postgres.source;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.holdfast.postgres.Lsn;

/** Reads a {@link SourceDescription}; asks every version in its own columns and leaves out what may not be asked. */
final class SourceFacts {

    private static final String NOT_PERMITTED = "42501";

    private final Connection connection;
    private final int major;
    private final List<String> warnings = new ArrayList<>();

    SourceFacts(Connection connection) throws SQLException {
        this.connection = connection;
        this.major = connection.getMetaData().getDatabaseMajorVersion();
    }

    /** The database's own row: the columns that came with 15 and changed their name in 17. */
    private String databaseQuery() {
        String provider = major >= 15 ? "CASE d.datlocprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END" : "'libc'";
        String locale = major >= 17 ? "d.datlocale" : major >= 15 ? "d.daticulocale" : "NULL::text";
        String version = major >= 15 ? "d.datcollversion" : "NULL::text";
        return """
                SELECT d.datname, pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, %s, %s, %s,
                       pg_database_size(d.oid), pg_get_userbyid(d.datdba), current_setting('server_version'), (%s)::text
                FROM pg_database d WHERE d.datname = current_database()""".formatted(provider, locale, version, SourceQueries.POSITION);
    }

    SourceDescription read() throws SQLException {
        Optional<String> identifier = permitted("SELECT system_identifier::text FROM pg_control_system()", "the system identifier");
        Optional<String> timeline = permitted("SELECT timeline_id::text FROM pg_control_checkpoint()", "the timeline");
        List<String> preload = preloadLibraries();
        List<SourceDescription.Extension> extensions = extensions();
        List<String> roles = texts(connection, SourceQueries.ROLES);
        List<String> tablespaces = texts(connection, SourceQueries.TABLESPACES);
        List<String> settings = texts(connection, SourceQueries.SETTINGS);
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(databaseQuery())) {
            row.next();
            return new SourceDescription(identifier, row.getString(1), row.getString(10), major,
                    Lsn.parse(row.getString(11)), timeline.map(Integer::parseInt).orElse(0), row.getString(2),
                    row.getString(3), row.getString(4), row.getString(5), Optional.ofNullable(row.getString(6)),
                    Optional.ofNullable(row.getString(7)), row.getLong(8), row.getString(9), extensions, preload, roles,
                    tablespaces, settings, List.copyOf(warnings));
        }
    }

    /** The setting is hidden, not refused, from users without {@code pg_read_all_settings}. */
    private List<String> preloadLibraries() throws SQLException {
        List<String> found = texts(connection, "SELECT setting FROM pg_settings WHERE name = 'shared_preload_libraries'");
        if (found.isEmpty()) {
            warnings.add("shared_preload_libraries is not visible to this user (GRANT pg_monitor): the manifest names no preload libraries");
            return List.of();
        }
        return List.of(found.getFirst().split(",")).stream().map(name -> name.strip().replace("\"", ""))
                .filter(name -> !name.isEmpty()).toList();
    }

    private List<SourceDescription.Extension> extensions() throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(SourceQueries.EXTENSIONS)) {
            List<SourceDescription.Extension> found = new ArrayList<>();
            while (rows.next()) {
                found.add(new SourceDescription.Extension(rows.getString(1), rows.getString(2), rows.getString(3)));
            }
            return List.copyOf(found);
        }
    }

    private Optional<String> permitted(String sql, String what) throws SQLException {
        try {
            return texts(connection, sql).stream().findFirst();
        } catch (SQLException e) {
            if (!NOT_PERMITTED.equals(e.getSQLState())) {
                throw e;
            }
            warnings.add("this user may not ask for %s (GRANT pg_monitor): the manifest leaves it out".formatted(what));
            return Optional.empty();
        }
    }

    static List<String> texts(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return List.copyOf(found);
        }
    }
}
