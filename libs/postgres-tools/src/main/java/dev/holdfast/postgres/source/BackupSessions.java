package dev.holdfast.postgres.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;

/**
 * The sessions of all backups on a source's server, by their application names, as one of them sees them: enough for runs
 * to take turns without a leader. Needs no privilege. Tickets order them as in Lamport's bakery: who draws is seen
 * drawing, and nobody passes anybody who still draws.
 */
public final class BackupSessions {

    private final Connection connection;
    private final ConnectionSettings settings;
    private final int ownPid;
    private SessionName own;

    /** Another session. {@code ours} is one of the same role on the same database, which we may end. */
    public record Session(int pid, SessionName name, boolean ours) {
    }

    BackupSessions(Connection connection, ConnectionSettings settings, SessionName own) throws SQLException {
        this.connection = connection;
        this.settings = settings;
        this.own = own;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            this.ownPid = row.getInt(1);
        }
    }

    /** From now on this run stands in line. */
    public void drawTicket() {
        ask("drawing a ticket", () -> {
            try (Statement statement = connection.createStatement()) {
                long millis;
                try (ResultSet row = statement.executeQuery(SourceQueries.TIME_MILLIS)) {
                    row.next();
                    millis = row.getLong(1);
                }
                SessionName drawn = own.withTicket(millis);
                try (PreparedStatement naming = connection.prepareStatement("SELECT set_config('application_name', ?, false)")) {
                    naming.setString(1, drawn.toString());
                    naming.execute();
                }
                own = drawn;
                return null;
            }
        });
    }

    /** All other sessions of backups on this server, of all databases and roles. */
    public List<Session> others() {
        return ask("looking for sessions of backups", () -> {
            try (PreparedStatement statement = connection.prepareStatement(SourceQueries.BACKUP_SESSIONS)) {
                statement.setString(1, SessionName.PREFIX);
                statement.setString(2, SessionName.PREFIX);
                try (ResultSet rows = statement.executeQuery()) {
                    List<Session> found = new ArrayList<>();
                    while (rows.next()) {
                        Session session = new Session(rows.getInt(1), SessionName.parse(rows.getString(2)).orElse(null),
                                rows.getBoolean(3));
                        if (session.name() != null) {
                            found.add(session);
                        }
                    }
                    return List.copyOf(found);
                }
            }
        });
    }

    /** Sessions that lower attempts at this backup left and that we may end. */
    public List<Session> older() {
        return others().stream().filter(session -> session.ours() && isSameBackup(session)
                && session.name().attempt() < own.attempt()).toList();
    }

    /** Sessions of this attempt's programs and snapshot. */
    public List<Session> programs() {
        return others().stream().filter(session -> session.ours() && isSameBackup(session)
                && session.name().attempt() == own.attempt() && session.name().ticket().isEmpty()).toList();
    }

    /** Whether somebody else makes this backup, with a higher attempt, or with the same one and was here before us. */
    public boolean isDuplicate(List<Session> others) {
        return others.stream().filter(this::isSameBackup).anyMatch(session -> session.name().attempt() > own.attempt()
                || session.name().attempt() == own.attempt() && (session.name().ticket().isEmpty() || isBefore(session)));
    }

    /** Whether somebody draws a ticket right now, who could come before us. */
    public boolean isSomebodyDrawing(List<Session> others) {
        return others.stream().anyMatch(session -> session.name().isDrawing());
    }

    /** How many other backups on the server were here before us. */
    public int ahead(List<Session> others) {
        return (int) others.stream().filter(session -> !isSameBackup(session) && isBefore(session))
                .map(session -> session.name().backupId()).distinct().count();
    }

    /**
     * Ends a session, unless it has ended and another one has its process id. The same role may.
     *
     * @throws HoldfastException {@code source-query-failed} where it may not
     */
    public void end(Session session) {
        ask("ending the session " + session.pid() + " of an older attempt", () -> {
            try (PreparedStatement statement = connection.prepareStatement(SourceQueries.END_SESSION)) {
                statement.setInt(1, session.pid());
                statement.setString(2, session.name().toString());
                return statement.execute();
            }
        });
    }

    private boolean isSameBackup(Session session) {
        return session.name().backupId().equals(own.backupId());
    }

    private boolean isBefore(Session session) {
        long mine = own.drawn().orElse(Long.MAX_VALUE);
        return session.name().drawn().map(theirs -> theirs < mine || theirs == mine && session.pid() < ownPid).orElse(false);
    }

    private <T> T ask(String doing, SourceConnection.Question<T> question) {
        return SourceConnection.ask(settings, doing, question);
    }
}
