package dev.holdfast.postgres.source;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Lsn;

/**
 * A moment of the database, held open by a read-only transaction so that pg_dump dumps exactly it
 * (PostgreSQL manual, "Snapshot Synchronization Functions"). While it is open, vacuum keeps what it sees: close it as
 * soon as pg_dump has ended.
 */
public final class ExportedSnapshot implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ExportedSnapshot.class);
    /** Never: between export and close nothing is asked. */
    private static final Duration LONGEST_ANSWER = Duration.ZERO;

    private final Connection connection;
    private final String id;
    private final Instant time;
    private final Lsn lsn;

    private ExportedSnapshot(Connection connection, String id, Instant time, Lsn lsn) {
        this.connection = connection;
        this.id = id;
        this.time = time;
        this.lsn = lsn;
    }

    /**
     * Takes and exports a snapshot, on a primary or a standby.
     *
     * @throws HoldfastException as for {@link SourceProbe#connect}; {@code source-query-failed} when the server exports none
     */
    public static ExportedSnapshot open(ConnectionSettings settings, String applicationName) {
        Connection connection = SourceConnection.open(settings, applicationName, LONGEST_ANSWER);
        try {
            return export(connection);
        } catch (SQLException e) {
            HoldfastException failure = SourceConnection.translate(
                    "exporting a snapshot of " + SourceConnection.describe(settings), settings, e);
            try {
                connection.close();
            } catch (SQLException closing) {
                failure.addSuppressed(closing);
            }
            throw failure;
        }
    }

    private static ExportedSnapshot export(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int major = connection.getMetaData().getDatabaseMajorVersion();
            statement.execute("SET idle_in_transaction_session_timeout = 0");
            statement.execute("SET statement_timeout = 0");
            if (major >= 14) {
                statement.execute("SET idle_session_timeout = 0");
            }
            if (major >= 17) {
                statement.execute("SET transaction_timeout = 0");
            }
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
            // The statement's time is set before its snapshot is taken, the position is read after it: the backup is
            // never claimed to be newer than it is, and all that it holds lies before the position.
            try (ResultSet row = statement.executeQuery("SELECT pg_export_snapshot(), statement_timestamp(), (%s)::text"
                    .formatted(SourceQueries.POSITION))) {
                row.next();
                return new ExportedSnapshot(connection, row.getString(1),
                        row.getObject(2, OffsetDateTime.class).toInstant(), Lsn.parse(row.getString(3)));
            }
        }
    }

    /** For {@code pg_dump --snapshot}. */
    public String id() {
        return id;
    }

    /** By the server's clock; everything committed before it is in the snapshot. */
    public Instant time() {
        return time;
    }

    /** Everything the snapshot sees was written before this position. */
    public Lsn lsn() {
        return lsn;
    }

    /** Whether the session still holds the snapshot; asks the server. */
    public boolean isHeld() {
        try {
            return connection.isValid(10);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Ends the session at once, from another thread: the server lets go of the snapshot without being asked. */
    public void abort() {
        SourceConnection.abort(connection);
    }

    @Override
    public void close() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debug("ending the snapshot's transaction; closing the session ends it too", e);
        }
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.warn("closing the session that held snapshot {}", id, e);
        }
    }
}
