package dev.holdfast.cli.demo;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.program.Enclosure;
import dev.holdfast.postgres.program.Initdb;
import dev.holdfast.postgres.program.LocaleSettings;
import dev.holdfast.postgres.program.PostgresCommand;
import dev.holdfast.postgres.program.PostgresServerCommand;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.program.Psql;
import dev.holdfast.postgres.program.RunningProgram;
import dev.holdfast.postgres.program.ToolSet;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A PostgreSQL server with the sample database: on a free port of the loopback interface, password required. */
final class SampleCluster implements AutoCloseable {

    static final String DATABASE = "shop";
    static final String USER = "postgres";

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final ToolSet tools;
    private final Enclosure enclosure;
    private final Path folder;
    private final int port;
    private final Deque<RunningProgram> programs = new ArrayDeque<>();
    private RunningProgram server;
    private boolean closed;

    /**
     * Not there before {@link #start}.
     *
     * @param folder must not exist
     * @throws HoldfastException code {@code server-programs-missing}
     */
    SampleCluster(Path folder, int port) {
        this.tools = PostgresTools.locate(List.of()).installed().stream().filter(ToolSet::hasServer)
                .max(Comparator.comparingInt(ToolSet::major)).orElseThrow(() -> new HoldfastException(FailureKind.PERMANENT,
                        "server-programs-missing", "making a PostgreSQL for the demo: initdb and postgres were not found",
                        "install PostgreSQL's server (Debian, Ubuntu: apt-get install postgresql), or start bin/holdfast, which does"));
        this.enclosure = ServerUser.enclosure();
        this.folder = folder;
        this.port = port;
    }

    /**
     * Makes and fills it. Another thread may close it meanwhile; then this throws.
     *
     * @param password of the superuser
     * @throws HoldfastException with what the programs said
     */
    void start(String password) {
        try {
            initialise(password);
            launch();
            fill(password);
        } catch (IOException e) {
            throw new UncheckedIOException("making a PostgreSQL for the demo in " + folder, e);
        }
    }

    int port() {
        return port;
    }

    ToolSet tools() {
        return tools;
    }

    private Path data() {
        return folder.resolve("data");
    }

    private void initialise(String password) throws IOException {
        Files.createDirectory(folder);
        ServerUser.own(folder);
        Initdb initdb = new Initdb(data(), USER, LocaleSettings.libc("UTF8", "C.UTF-8", "C.UTF-8"));
        try (RunningProgram running = started(initdb)) {
            running.stdin().close();
            running.stdout().transferTo(OutputStream.nullOutputStream());
            initdb.check(running.await(PATIENCE));
        }
        // Speed over safety: the cluster is thrown away, and what is lost with it can be made again in seconds.
        Files.write(data().resolve("postgresql.conf"), List.of("listen_addresses = '127.0.0.1'", "port = " + port,
                "unix_socket_directories = '" + folder + "'", "unix_socket_permissions = 0700", "fsync = off",
                "full_page_writes = off", "synchronous_commit = off", "wal_level = minimal", "max_wal_senders = 0",
                "max_wal_size = 4GB", "shared_buffers = 128MB", "maintenance_work_mem = 128MB", "log_min_messages = warning",
                "password_encryption = 'scram-sha-256'"), StandardOpenOption.APPEND);
        Files.writeString(data().resolve("pg_hba.conf"), "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
    }

    private void launch() throws IOException {
        PostgresServerCommand command = new PostgresServerCommand(data());
        server = started(command);
        server.stdin().close();
        try {
            for (long end = System.nanoTime() + PATIENCE.toNanos(); !ready();) {
                if (server.endsWithin(Duration.ofMillis(20)) || System.nanoTime() > end) {
                    throw command.failure(server.await(Duration.ZERO));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "starting the demo's PostgreSQL: interrupted",
                    "start again", e);
        }
    }

    /** The server writes its state into the eighth line of its pid file. */
    private boolean ready() throws IOException {
        try {
            List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
            return lines.size() >= 8 && lines.get(7).strip().equals("ready");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private void fill(String password) throws IOException {
        sql("postgres", "ALTER ROLE " + USER + " PASSWORD '" + password.replace("'", "''") + "';\nCREATE DATABASE " + DATABASE + ";\n");
        try (InputStream sample = SampleCluster.class.getResourceAsStream("sample-database.sql")) {
            sql(DATABASE, new String(sample.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Bytes on disk, as the server counts them. */
    long bytes() {
        return Long.parseLong(sql(DATABASE, "SELECT pg_database_size(current_database());\n").strip());
    }

    /** Runs SQL through the socket, where this user needs no password, and returns what it printed. */
    String sql(String database, String sql) {
        Psql psql = new Psql(new ConnectionSettings(folder.toString(), port, database, USER, Optional.empty(), "disable",
                Optional.empty(), Optional.empty(), Optional.empty()), "holdfast-demo", Psql.Output.UNALIGNED);
        try (RunningProgram running = started(psql)) {
            Thread feeder = Thread.ofVirtual().start(() -> feed(running, sql));
            String printed = new String(running.stdout().readAllBytes(), StandardCharsets.UTF_8);
            psql.check(running.await(PATIENCE));
            feeder.join();
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException("running SQL in the demo's PostgreSQL", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "filling the sample database: interrupted",
                    "start again", e);
        }
    }

    /** A program that ended early can't be fed; its result says why. */
    private static void feed(RunningProgram running, String sql) {
        try (OutputStream stdin = running.stdin()) {
            stdin.write(sql.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            org.slf4j.LoggerFactory.getLogger(SampleCluster.class).debug("psql ended before it read everything", e);
        }
    }

    private synchronized RunningProgram started(PostgresCommand command) {
        if (closed) {
            throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "making a PostgreSQL for the demo: told to stop", "start again");
        }
        RunningProgram program = command.start(tools, enclosure);
        programs.push(program);
        return program;
    }

    /** Stops at once: nothing in it is worth a checkpoint. */
    @Override
    public synchronized void close() {
        closed = true;
        while (!programs.isEmpty()) {
            RunningProgram program = programs.pop();
            program.kill("QUIT", Duration.ofSeconds(15));
            program.close();
        }
    }
}
