package dev.holdfast.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL from the installed server programs: on a free port of 127.0.0.1 and on a unix socket, superuser
 * {@code postgres} with a scram password, without fsync. It stops with the JVM and dies with it.
 *
 * <p>{@link #shared()} is one cluster for the whole JVM; tests take a database of their own from
 * {@link #createDatabase()}. Tests that change the server itself (roles apart) take {@link #newCluster}.
 * Where no server programs are installed the test is reported as skipped, with the reason.
 */
public final class PostgresServer implements AutoCloseable {

    /** A password with every character that is special to a shell, an URL, a passfile or a conninfo string. */
    public static final String PASSWORD = "p:a\\s's\"w o%r$d@/?#&=`*!|;<>{}[]()~^é";

    public static final String SUPERUSER = "postgres";

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static PostgresServer shared;

    private final PostgresPrograms programs;
    private final Path folder;
    private final int port;
    private final Process process;

    private PostgresServer(PostgresPrograms programs, Path folder, int port, Process process) {
        this.programs = programs;
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** The one cluster of this JVM, started at the first call. Never close it. */
    public static synchronized PostgresServer shared() {
        if (shared == null) {
            shared = newCluster();
        }
        return shared;
    }

    /** A cluster of its own; {@code initdbArguments} come after the defaults and win over them. The caller closes it. */
    public static PostgresServer newCluster(String... initdbArguments) {
        return newClusterWith(List.of(), initdbArguments);
    }

    /** Like {@link #newCluster}, with lines for {@code postgresql.conf}. */
    public static PostgresServer newClusterWith(List<String> settings, String... initdbArguments) {
        PostgresPrograms programs = PostgresPrograms.orSkip();
        try {
            Path folder = TestFolders.create();
            programs.own(folder);
            initialize(programs, folder, settings, initdbArguments);
            return start(programs, folder);
        } catch (IOException e) {
            throw new IllegalStateException("starting a PostgreSQL for tests: " + e.getMessage(), e);
        }
    }

    private static void initialize(PostgresPrograms programs, Path folder, List<String> settings, String... more)
            throws IOException {
        Path passwords = folder.resolve("password");
        Files.writeString(passwords, PASSWORD + "\n");
        programs.own(passwords);
        List<String> command = new ArrayList<>(List.of("initdb", "-D", data(folder).toString(), "-U", SUPERUSER,
                "-A", "scram-sha-256", "--pwfile", passwords.toString(), "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"));
        command.addAll(List.of(more));
        programs.run(folder, command);
        Files.delete(passwords);
        List<String> lines = new ArrayList<>(List.of("fsync=off", "synchronous_commit=off", "full_page_writes=off",
                "shared_buffers=32MB", "max_locks_per_transaction=256", "max_wal_size=512MB", "log_min_messages=warning",
                "listen_addresses='127.0.0.1'", "unix_socket_directories='" + folder + "'"));
        lines.addAll(settings);
        Files.writeString(data(folder).resolve("postgresql.auto.conf"), String.join("\n", lines) + "\n");
    }

    private static PostgresServer start(PostgresPrograms programs, Path folder) throws IOException {
        for (int attempt = 1;; attempt++) {
            int port = FreePort.find();
            Process process = programs.start(folder,
                    List.of("postgres", "-D", data(folder).toString(), "-p", Integer.toString(port)));
            PostgresServer server = new PostgresServer(programs, folder, port, process);
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-postgres-" + port));
            if (server.awaitReady()) {
                return server;
            }
            if (attempt == 5) {
                throw new IllegalStateException("PostgreSQL does not start in " + folder + ": " + server.log());
            }
        }
    }

    /** True when it answers; false when the program ended (for example because another took the port). */
    private boolean awaitReady() {
        try {
            while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
                try (Connection connection = connect(SUPERUSER)) {
                    return true;
                } catch (SQLException e) {
                    if (!"08001".equals(e.getSQLState()) && !"57P03".equals(e.getSQLState())
                            && !"08006".equals(e.getSQLState())) {
                        throw new IllegalStateException("connecting to the PostgreSQL for tests: " + e.getMessage(), e);
                    }
                }
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new IllegalStateException("interrupted while PostgreSQL started", e);
        }
    }

    /** A new, empty database with a name of its own, owned by the superuser. */
    public Database createDatabase() {
        return createDatabase("t" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet());
    }

    /** A new, empty database of exactly this name, whatever characters it holds. */
    public Database createDatabase(String name) {
        Database administration = database("postgres");
        administration.exec("CREATE DATABASE " + quoted(name) + " TEMPLATE template0");
        return database(name);
    }

    /** A database that exists, as the superuser. */
    public Database database(String name) {
        return new Database(host(), port, name, SUPERUSER, PASSWORD);
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    /** The folder of the unix socket. */
    public Path socketFolder() {
        return folder;
    }

    public Path dataFolder() {
        return data(folder);
    }

    public int major() {
        return programs.major();
    }

    /** The folder the programs were found in, for tests that call pg_dump or psql themselves. */
    public Path programFolder() {
        return programs.folder();
    }

    /** The process id of the server's first process. */
    public long pid() {
        return process.pid();
    }

    /** What the server logged so far. */
    public String log() {
        try {
            return Files.readString(folder.resolve(PostgresPrograms.LOG));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    /** Stops at once (nothing here is worth a checkpoint) and removes the folder. */
    @Override
    public void close() {
        if (process.isAlive()) {
            programs.signal(process, "QUIT");
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        TestFolders.delete(folder);
    }

    private Connection connect(String database) throws SQLException {
        return database(database).connect();
    }

    private static Path data(Path folder) {
        return folder.resolve("data");
    }

    /** An SQL identifier, quoted. */
    public static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Where a database is and who may enter; a plain record, so that every library can map it to its own settings. */
    public record Database(String host, int port, String name, String user, String password) {

        /** Another user of the same database. */
        public Database as(String otherUser, String otherPassword) {
            return new Database(host, port, name, otherUser, otherPassword);
        }

        /** A new connection; the caller closes it. */
        public Connection connect() throws SQLException {
            Properties properties = new Properties();
            properties.setProperty("user", user);
            properties.setProperty("password", password);
            properties.setProperty("connectTimeout", "10");
            return DriverManager.getConnection(jdbcUrl(), properties);
        }

        /** Without user and password. */
        public String jdbcUrl() {
            return "jdbc:postgresql://" + host + ":" + port + "/"
                    + java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8).replace("+", "%20");
        }

        /** Runs statements, separated by semicolons, outside a transaction of ours. */
        public void exec(String sql) {
            try (var connection = connect(); var statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(e.getMessage() + " in: " + sql, e);
            }
        }

        /** The first column of every row, as text. */
        public List<String> query(String sql) {
            try (var connection = connect(); var statement = connection.createStatement();
                    var rows = statement.executeQuery(sql)) {
                List<String> values = new ArrayList<>();
                while (rows.next()) {
                    values.add(rows.getString(1));
                }
                return values;
            } catch (SQLException e) {
                throw new IllegalStateException(e.getMessage() + " in: " + sql, e);
            }
        }

        /** The only value of a query. */
        public String value(String sql) {
            List<String> values = query(sql);
            if (values.size() != 1) {
                throw new IllegalStateException("expected one row, got " + values.size() + " from: " + sql);
            }
            return values.getFirst();
        }

        /** Shows no password. */
        @Override
        public String toString() {
            return user + "@" + host + ":" + port + "/" + name;
        }
    }
}
