package dev.holdfast.postgres.source;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Failures;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.program.ToolSet;

/**
 * One session on a source database that asks whether it can be dumped, and what it is. Opening it proves that the
 * server is reachable, the password right and the database there: {@code source-unreachable} (retriable),
 * {@code source-auth-failed}, {@code database-missing}.
 */
public final class SourceProbe implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SourceProbe.class);
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(2);
    /** "holdfast" in the first half of an advisory lock's key, so that applications' locks are left alone. */
    private static final int LOCK_CLASS = 0x486F6C64;

    private final Connection connection;
    private final ConnectionSettings settings;

    private SourceProbe(Connection connection, ConnectionSettings settings) {
        this.connection = connection;
        this.settings = settings;
    }

    /** @param applicationName {@code holdfast/<backup-id>/<attempt>}, ASCII, at most 63 bytes */
    public static SourceProbe connect(ConnectionSettings settings, String applicationName) {
        return new SourceProbe(SourceConnection.open(settings, applicationName, LONGEST_ANSWER), settings);
    }

    /**
     * Everything that can be known before a dump starts.
     *
     * @throws HoldfastException {@code tools-too-old}, {@code table-not-readable}, {@code row-security}, or as for
     *                           connecting
     */
    public Preflight preflight(PostgresTools tools) {
        ToolSet chosen = tools.choose(serverMajor());
        checkReadable();
        return new Preflight(describe(), chosen);
    }

    /** The server's major, for example 15. */
    public int serverMajor() {
        return ask("asking for the version", () -> connection.getMetaData().getDatabaseMajorVersion());
    }

    /** Fails when a table, sequence or large object may not be read by this user, or only in part. */
    public void checkReadable() {
        ask("looking for tables that may not be read", () -> {
            List<String> unreadable = new ArrayList<>(texts(SourceQueries.UNREADABLE_RELATIONS));
            unreadable.addAll(texts(SourceQueries.UNREADABLE_LARGE_OBJECTS));
            if (!unreadable.isEmpty()) {
                throw notReadable(unreadable);
            }
            List<String> filtered = texts(SourceQueries.ROW_SECURITY);
            if (!filtered.isEmpty()) {
                throw Failures.permanent("row-security",
                        "checking %s: row-level security hides rows of %s from this user".formatted(where(), some(filtered)),
                        "ALTER ROLE %s BYPASSRLS; or dump as the tables' owner.".formatted(quoted(settings.user())));
            }
            return null;
        });
    }

    private HoldfastException notReadable(List<String> unreadable) {
        String next = unreadable.stream().allMatch(name -> name.startsWith("large object"))
                ? "Dump as a superuser, or GRANT SELECT ON LARGE OBJECT ... TO %s;"
                : "GRANT pg_read_all_data TO %s; (PostgreSQL 14 and later; before, USAGE on the schemas and SELECT on all tables and sequences; large objects need their own GRANT)";
        return Failures.permanent("table-not-readable",
                "checking %s: the user may not read %s".formatted(where(), some(unreadable)),
                next.formatted(quoted(settings.user())));
    }

    private static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(10, names.size())))
                + (names.size() > 10 ? " and %d more (%d in total)".formatted(names.size() - 10, names.size()) : "");
    }

    /** What it is, now. What the user may not ask is left out with a warning. */
    public SourceDescription describe() {
        return ask("describing it", () -> new SourceFacts(connection).read());
    }

    /** Whether this user sees the password hashes that {@code pg_dumpall} writes into the globals. */
    public boolean mayReadRolePasswords() {
        return ask("asking whether role passwords may be read",
                () -> texts("SELECT has_table_privilege('pg_catalog.pg_authid', 'SELECT')::text").getFirst().equals("true"));
    }

    /** The other backups on this server, as this session sees them. */
    public BackupSessions backupSessions(SessionName own) {
        return ask("looking for sessions of backups", () -> new BackupSessions(connection, settings, own));
    }

    /** Tables and the like that somebody locks exclusively or waits to, each with the session that does: {@code public.t by session 42}. */
    public List<String> exclusiveLocks() {
        return ask("looking for exclusive locks", () -> texts(SourceQueries.EXCLUSIVE_LOCKS));
    }

    /** Breaks off whatever is being asked, from another thread, and ends the session. */
    public void abort() {
        SourceConnection.abort(connection);
    }

    /**
     * Tries to take this database's advisory lock for as long as this session lives. It only saves work: it is lost
     * through poolers, so nothing may rely on it.
     */
    public boolean tryLock() {
        return ask("taking the advisory lock",
                () -> texts("SELECT pg_try_advisory_lock(%d, 1)::text".formatted(LOCK_CLASS)).getFirst().equals("true"));
    }

    /** Ends the session, and with it the lock. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.warn("closing the session on {}", where(), e);
        }
    }

    private List<String> texts(String sql) throws SQLException {
        return SourceFacts.texts(connection, sql);
    }

    private String where() {
        return SourceConnection.describe(settings);
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private <T> T ask(String doing, SourceConnection.Question<T> question) {
        return SourceConnection.ask(settings, doing, question);
    }
}
