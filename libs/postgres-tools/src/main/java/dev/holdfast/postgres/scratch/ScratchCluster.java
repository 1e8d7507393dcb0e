package dev.holdfast.postgres.scratch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Failures;
import dev.holdfast.postgres.program.Initdb;
import dev.holdfast.postgres.program.PostgresCommand;
import dev.holdfast.postgres.program.PostgresServerCommand;
import dev.holdfast.postgres.program.ProgramResult;
import dev.holdfast.postgres.program.Psql;
import dev.holdfast.postgres.program.RunningProgram;

/**
 * A private PostgreSQL server for one proof: in a folder of its own, reached by a unix socket only, walled in
 * ({@link Isolation}) together with every client program that touches it. Its bootstrap superuser has a random name,
 * so that the roles of the source, {@code postgres} included, can be created. Closing stops it and removes the folder;
 * what a killed process left is removed when the next cluster is made in the same place.
 */
public final class ScratchCluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ScratchCluster.class);
    private static final int PORT = 5432;
    /** sockaddr_un holds 108 bytes with the final zero. */
    private static final int LONGEST_SOCKET_PATH = 107;
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration INITDB_TIMEOUT = Duration.ofMinutes(5);
    /** The server writes an error before it tells the client; an error that is read later than this counts as untold. */
    private static final Duration LOG_WITHIN = Duration.ofSeconds(2);
    private static final String RANDOM_SETTING = "holdfast_";

    private final ScratchSpec spec;
    private final ScratchFolder folder;
    private final Wall wall;
    private final String superuser;
    private final Thread stopAtExit = new Thread(this::stop, "stop-scratch-cluster");
    private RunningProgram server;
    private boolean stopped;

    private ScratchCluster(ScratchSpec spec, ScratchFolder folder, Wall wall, String superuser) {
        this.spec = spec;
        this.folder = folder;
        this.wall = wall;
        this.superuser = superuser;
    }

    /**
     * Makes and starts one.
     *
     * @throws HoldfastException {@code locale-missing}, {@code library-missing}, {@code isolation-not-permitted},
     *                           {@code scratch-user-missing}, {@code scratch-path-too-long}, {@code initdb-failed},
     *                           {@code server-failed}
     */
    public static ScratchCluster start(ScratchSpec spec) {
        try {
            ScratchFolder folder = ScratchFolder.create(spec.parent());
            try {
                return start(spec, folder);
            } catch (IOException | RuntimeException e) {
                folder.remove();
                throw e;
            }
        } catch (IOException e) {
            throw fileFailure("making a scratch cluster in " + spec.parent(), e);
        }
    }

    private static ScratchCluster start(ScratchSpec spec, ScratchFolder folder) throws IOException {
        checkSocketPath(folder.path());
        Files.createDirectory(folder.path().resolve("root"));
        Path inbox = Files.createDirectory(folder.path().resolve("inbox"));
        Files.setPosixFilePermissions(inbox, PosixFilePermissions.fromString("rwxr-xr-x"));
        Wall wall = Wall.around(folder.path(), spec.user(), spec.tools());
        ScratchCluster cluster = new ScratchCluster(spec, folder, wall, RANDOM_SETTING + random());
        for (String name : List.of("data", "run", "tablespaces")) {
            Path inner = folder.path().resolve(name);
            Files.createDirectory(inner, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            wall.own(inner);
        }
        Runtime.getRuntime().addShutdownHook(cluster.stopAtExit);
        try {
            cluster.initialize();
            cluster.launch();
            return cluster;
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static void checkSocketPath(Path folder) {
        Path socket = folder.resolve("run").resolve(".s.PGSQL." + PORT);
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_SOCKET_PATH) {
            throw Failures.permanent("scratch-path-too-long",
                    "making a scratch cluster: the path of its socket, %s, has %d bytes and the system takes %d".formatted(socket, length, LONGEST_SOCKET_PATH),
                    "Name a shorter folder as verifier.scratch.");
        }
    }

    private void initialize() throws IOException {
        Initdb initdb = new Initdb(data(), superuser, spec.locale());
        initdb.check(run(initdb, InputStream.nullInputStream(), INITDB_TIMEOUT));
        List<String> settings = new ArrayList<>(spec.sizing().settings());
        settings.addAll(List.of("listen_addresses = ''", "port = " + PORT,
                "unix_socket_directories = '" + folder.path().resolve("run") + "'", "unix_socket_permissions = 0700"));
        settings.addAll(ServerLog.SETTINGS);
        if (!spec.preloadLibraries().isEmpty()) {
            settings.add("shared_preload_libraries = '%s'".formatted(spec.preloadLibraries().stream()
                    .map(ScratchCluster::libraryName).collect(Collectors.joining(","))));
        }
        Files.write(data().resolve("postgresql.conf"), settings, StandardOpenOption.APPEND);
    }

    /** Only a plain name: a path could name a file that the dump brought with it. */
    private static String libraryName(String name) {
        if (!name.matches("[A-Za-z0-9_.$-]+|\\$libdir/[A-Za-z0-9_.-]+")) {
            throw Failures.permanent("library-missing", "preparing a scratch server: a preloaded library is not named plainly",
                    "Install it where PostgreSQL finds it by its name.");
        }
        return name;
    }

    private void launch() throws IOException {
        PostgresServerCommand command = new PostgresServerCommand(data());
        server = command.start(spec.tools(), wall.enclosure());
        server.stdin().close();
        long end = System.nanoTime() + START_TIMEOUT.toNanos();
        try {
            while (!ready()) {
                if (server.endsWithin(Duration.ofMillis(20))) {
                    throw command.failure(server.await(Duration.ZERO));
                }
                if (System.nanoTime() - end > 0) {
                    throw command.failure(server.await(Duration.ZERO));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "starting a scratch server: interrupted", "Try again.", e);
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

    /** What is in force here. */
    public Isolation isolation() {
        return wall.isolation();
    }

    /**
     * How to connect, as the bootstrap superuser, for commands that are started by {@link #start(PostgresCommand)}. What
     * a restored database sets for its sessions does not keep them from working ({@link SessionSettings}).
     */
    public ConnectionSettings connection(String database) {
        return new ConnectionSettings(folder.path().resolve("run").toString(), PORT, database, superuser,
                Optional.empty(), "disable", Optional.empty(), Optional.empty(), Optional.empty(),
                SessionSettings.undisturbed(spec.tools().major()));
    }

    /** The bootstrap superuser; it belongs to no source. */
    public String superuser() {
        return superuser;
    }

    /** The jobs that a restore from a file should use. */
    public int jobs() {
        return spec.sizing().jobs();
    }

    /** A folder that programs inside can read and not write, for archives; the files must be readable by others. */
    public Path inbox() {
        return folder.path().resolve("inbox");
    }

    /** Starts a program of the cluster's own tools inside the wall. The caller closes it. */
    public RunningProgram start(PostgresCommand command) {
        return command.start(spec.tools(), wall.enclosure());
    }

    /** Runs a program inside the wall to its end, fed with {@code input}; what it prints is thrown away. */
    public ProgramResult run(PostgresCommand command, InputStream input, Duration timeout) {
        try (RunningProgram program = start(command)) {
            return new Feeding(program).run(input, out -> out.transferTo(java.io.OutputStream.nullOutputStream()), timeout);
        }
    }

    /** Runs a program without input inside the wall to its end; {@code lines} gets what it prints, as ISO 8859-1. */
    public ProgramResult run(PostgresCommand command, Consumer<String> lines, Duration timeout) {
        try (RunningProgram program = start(command)) {
            return new Feeding(program).run(InputStream.nullInputStream(), out -> new BufferedReader(
                    new InputStreamReader(out, StandardCharsets.ISO_8859_1)).lines().forEach(lines), timeout);
        }
    }

    /**
     * Runs the SQL of {@code pg_dumpall --globals-only} after checking that it holds nothing but roles, grants and
     * tablespaces. Tablespaces go to folders inside the scratch folder. From 16 on a membership's grantor must hold the
     * ADMIN option or be the bootstrap superuser: what that role of the source granted, this cluster's own grants.
     *
     * @return the bootstrap superuser of the source whose place {@link #superuser()} took as grantor, as SQL writes its
     *         name; empty where that was not needed
     * @throws HoldfastException {@code globals-refused} when it holds anything else; a {@link Refusal}
     */
    public Optional<String> applyGlobals(InputStream sql, Duration timeout) {
        try {
            // Byte for byte: the script names its own encoding, and in every server encoding ASCII bytes are ASCII.
            GlobalsScript script = GlobalsScript.parse(new String(GlobalsScript.bounded(sql), StandardCharsets.ISO_8859_1));
            Optional<String> granting = spec.tools().checksGrantors() ? script.memberships().bootstrap() : Optional.empty();
            if (granting.isPresent()) {
                script = script.regranted(granting.get(), superuser);
            }
            List<Path> places = new ArrayList<>();
            for (int i = 0; i < script.tablespaces(); i++) {
                Path place = folder.path().resolve("tablespaces").resolve("t" + i);
                Files.createDirectory(place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                wall.own(place);
                places.add(place);
            }
            String rendered = script.render(places, spec.tools().restrictsScripts() ? Optional.of(random()) : Optional.empty());
            Psql psql = new Psql(connection("postgres"), "holdfast", Psql.Output.UNALIGNED);
            long before = logged();
            check("restoring roles and tablespaces", before, psql,
                    run(psql, new java.io.ByteArrayInputStream(rendered.getBytes(StandardCharsets.ISO_8859_1)), timeout));
            return granting.map(name -> new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw fileFailure("restoring roles and tablespaces", e);
        }
    }

    /**
     * Rows of a query that returns little; values as text, NULL as the empty string.
     *
     * @throws HoldfastException a {@link Refusal} where the server did not do it
     */
    public List<List<String>> query(String database, String sql, Duration timeout) {
        List<List<String>> rows = new ArrayList<>();
        query(database, sql, out -> Csv.read(out, rows::add), timeout);
        return rows;
    }

    /**
     * Of a query that may return anything, the first two rows, of each the first two values, of each 16 characters: enough
     * to see whether it is one row with one short value. Fails as {@link #query}.
     */
    public List<List<String>> firstTwo(String database, String sql, Duration timeout) {
        List<List<String>> rows = new ArrayList<>();
        query(database, "\\set FETCH_COUNT 100\n" + sql, out -> rows.addAll(Csv.readTwo(out)), timeout);
        return rows;
    }

    private void query(String database, String sql, Feeding.Reader reader, Duration timeout) {
        Psql psql = new Psql(connection(database), "holdfast", Psql.Output.CSV);
        long before = logged();
        try (RunningProgram program = start(psql)) {
            InputStream input = new java.io.ByteArrayInputStream((sql + "\n;\n").getBytes(StandardCharsets.UTF_8));
            check("running SQL in a scratch server", before, psql, new Feeding(program).run(input, reader, timeout));
        }
    }

    /** A place in the server's log, to be taken before what {@link #refusal} is asked about. */
    public long logged() {
        return server.messageBytes();
    }

    /** Whether the server runs; the crash of one session ends it. */
    public boolean isAlive() {
        return server.isAlive();
    }

    /**
     * What it means that the server refused something after {@code logged}; waits a little for the log, which is read by
     * another thread.
     */
    public Refusal refusal(String doing, long logged, Throwable cause) {
        long end = System.nanoTime() + LOG_WITHIN.toNanos();
        Optional<ServerLog.Entry> error = ServerLog.firstError(server, logged);
        try {
            // Class 57P: the server ends, or a function says so.
            while (error.filter(found -> !found.sqlState().startsWith("57P")).isEmpty() && System.nanoTime() - end < 0 && !server.endsWithin(Duration.ofMillis(20))) {
                error = ServerLog.firstError(server, logged);
            }
            // A server that ended is told of by a last message or none.
            error = error.isPresent() ? error : ServerLog.firstError(server, logged);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Refusal.of(doing, isAlive(), error, cause);
    }

    /** Programs that did not end by themselves say so; of the others the server's log tells more than they may. */
    private void check(String doing, long before, PostgresCommand command, ProgramResult result) {
        if (result instanceof ProgramResult.Exited exited && !exited.succeeded()) {
            Refusal refusal = refusal(doing, before, null);
            HoldfastException told = command.failure(result);
            throw refusal.code().equals(Refusal.UNTOLD) && told.code().equals(PostgresCommand.INCAPABLE) ? told : refusal;
        }
        command.check(result);
    }

    private Path data() {
        return folder.path().resolve("data");
    }

    /** Stops at once and removes the folder. */
    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(stopAtExit);
        } catch (IllegalStateException e) {
            LOG.debug("the process is ending", e);
        }
    }

    private synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        if (server != null) {
            server.kill("QUIT", Duration.ofSeconds(10));
            server.close();
        }
        try {
            folder.remove();
        } catch (IOException e) {
            LOG.warn("{} could not be removed; the next scratch cluster here removes it", folder.path(), e);
        }
    }

    private static HoldfastException fileFailure(String doing, IOException e) {
        return new HoldfastException(FailureKind.RETRIABLE, "scratch-failed", doing + ": " + e,
                "Check that the scratch folder can be written and its disk is not full.", e);
    }

    private static String random() {
        byte[] bytes = new byte[8];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
