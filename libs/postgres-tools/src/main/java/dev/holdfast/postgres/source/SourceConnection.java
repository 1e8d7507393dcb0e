package dev.holdfast.postgres.source;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;

import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Failures;
import dev.holdfast.postgres.Password;

/** Opens JDBC connections and says in our codes why one could not be opened. */
final class SourceConnection {

    private static final Logger LOG = LoggerFactory.getLogger(SourceConnection.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
    /** A machine that vanished would otherwise hold its lock and its snapshot for two hours. */
    private static final String NOTICE_A_DEAD_CLIENT =
            "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3";

    private SourceConnection() {
    }

    static Connection open(ConnectionSettings settings, String applicationName, Duration longestAnswer) {
        if (settings.host().startsWith("/")) {
            throw Failures.permanent("socket-not-supported", "connecting to " + describe(settings) + ": the source is asked over TCP",
                    "Name the host (localhost) instead of the socket's folder.");
        }
        try {
            Connection connection = DriverManager.getConnection(url(settings), properties(settings, applicationName, longestAnswer));
            try (Statement statement = connection.createStatement()) {
                statement.execute(NOTICE_A_DEAD_CLIENT);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
            return connection;
        } catch (SQLException e) {
            throw translate("connecting to " + describe(settings), settings, e);
        }
    }

    @FunctionalInterface
    interface Question<T> {
        T ask() throws SQLException;
    }

    /** Asks, and says in our codes why there was no answer. */
    static <T> T ask(ConnectionSettings settings, String doing, Question<T> question) {
        try {
            return question.ask();
        } catch (SQLException e) {
            throw translate("%s, %s".formatted(describe(settings), doing), settings, e);
        }
    }

    /** Cancels the running query, if any, and closes the socket. */
    static void abort(Connection connection) {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debug("cancelling a query; the session is ended anyhow", e);
        }
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.warn("breaking off a session", e);
        }
    }

    private static String url(ConnectionSettings settings) {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return "jdbc:postgresql://%s:%d/%s".formatted(host, settings.port(),
                URLEncoder.encode(settings.database(), StandardCharsets.UTF_8).replace("+", "%20"));
    }

    private static Properties properties(ConnectionSettings settings, String applicationName, Duration longestAnswer) {
        Properties properties = new Properties();
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password().map(Password::reveal).orElse(""));
        if (!settings.options().isEmpty()) {
            properties.setProperty("options", settings.options());
        }
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("sslmode", settings.sslMode());
        settings.sslRootCert().ifPresent(path -> properties.setProperty("sslrootcert", path.toString()));
        settings.sslCert().ifPresent(path -> properties.setProperty("sslcert", path.toString()));
        settings.sslKey().ifPresent(path -> properties.setProperty("sslkey", path.toString()));
        properties.setProperty("connectTimeout", Long.toString(CONNECT_TIMEOUT.toSeconds()));
        properties.setProperty("loginTimeout", Long.toString(CONNECT_TIMEOUT.toSeconds()));
        properties.setProperty("socketTimeout", Long.toString(longestAnswer.toSeconds()));
        properties.setProperty("tcpKeepAlive", "true");
        // Prepared statements do not survive connection poolers.
        properties.setProperty("preferQueryMode", "simple");
        return properties;
    }

    static HoldfastException translate(String doing, ConnectionSettings settings, SQLException e) {
        String state = String.valueOf(e.getSQLState());
        String message = doing + ": " + e.getMessage();
        if (state.startsWith("28") || state.equals("08004") && settings.password().isEmpty()) {
            return Failures.sourceAuthFailed(message, e);
        }
        if (state.equals("3D000")) {
            return Failures.databaseMissing(message, e);
        }
        if (state.equals("53300")) {
            return Failures.retriable("source-busy", message, "All connections of the server are taken; raise max_connections or try later.", e);
        }
        if (state.startsWith("08") || state.startsWith("57P")) {
            return Failures.sourceUnreachable(message, e);
        }
        return new HoldfastException(FailureKind.RETRIABLE, "source-query-failed", message,
                "Run the check by hand with the same user; the server's log tells more.", e);
    }

    static String describe(ConnectionSettings settings) {
        return "database \"%s\" of %s:%d as \"%s\"".formatted(settings.database(), settings.host(), settings.port(), settings.user());
    }
}
