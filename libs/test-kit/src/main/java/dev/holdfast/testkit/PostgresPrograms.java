package dev.holdfast.testkit;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import org.opentest4j.TestAbortedException;

/** The installed server programs, run as a user that they accept: themselves, or {@code postgres} where we are root. */
final class PostgresPrograms {

    static final String LOG = "server.log";

    /** Names a folder with another PostgreSQL's programs: {@code mvn test -Dholdfast.test.postgres=/opt/pg18/bin}. */
    private static final String CHOSEN = "holdfast.test.postgres";

    /**
     * The kernel sends the parent-death signal when the thread that forked ends, not the process: so every server is
     * forked by one thread that lives as long as the JVM.
     */
    private static final ExecutorService FORKER = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("postgres-forker").factory());

    private final Path folder;
    private final int major;

    private PostgresPrograms(Path folder, int major) {
        this.folder = folder;
        this.major = major;
    }

    /** The chosen ones, or else the newest that are installed; a test without any is skipped. */
    static PostgresPrograms orSkip() {
        String chosen = System.getProperty(CHOSEN, "");
        if (!chosen.isEmpty()) {
            return ask(Path.of(chosen)).orElseThrow(() -> new IllegalStateException(CHOSEN + ": no server programs in " + chosen));
        }
        List<PostgresPrograms> found = candidates().stream().filter(f -> Files.isExecutable(f.resolve("initdb"))
                && Files.isExecutable(f.resolve("postgres"))).flatMap(f -> ask(f).stream()).toList();
        return found.stream().max(Comparator.comparingInt(PostgresPrograms::major)).orElseThrow(
                () -> new TestAbortedException("no PostgreSQL server programs (initdb, postgres) are installed; "
                        + "on Debian and Ubuntu: apt-get install postgresql"));
    }

    private static List<Path> candidates() {
        List<Path> folders = new ArrayList<>();
        for (String parent : List.of("/usr/lib/postgresql", "/usr/local", "/usr/local/opt", "/opt/homebrew/opt")) {
            Path path = Path.of(parent);
            if (Files.isDirectory(path)) {
                try (Stream<Path> entries = Files.list(path)) {
                    entries.map(entry -> entry.resolve("bin")).filter(Files::isDirectory).forEach(folders::add);
                } catch (IOException e) {
                    throw new IllegalStateException("looking for PostgreSQL in " + path, e);
                }
            }
        }
        Optional.ofNullable(System.getenv("PATH")).stream().flatMap(path -> Stream.of(path.split(":")))
                .filter(entry -> !entry.isEmpty()).map(Path::of).forEach(folders::add);
        return folders;
    }

    private static Optional<PostgresPrograms> ask(Path folder) {
        try {
            Process process = new ProcessBuilder(folder.resolve("postgres").toString(), "--version").start();
            String version = new String(process.getInputStream().readAllBytes()).strip();
            var matcher = java.util.regex.Pattern.compile("\\(PostgreSQL\\) (\\d+)").matcher(version);
            return matcher.find()
                    ? Optional.of(new PostgresPrograms(folder, Integer.parseInt(matcher.group(1)))) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    int major() {
        return major;
    }

    Path folder() {
        return folder;
    }

    /** Gives a file to the user that the programs run as. */
    void own(Path path) throws IOException {
        if (isRoot()) {
            Files.setOwner(path, FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
        }
    }

    /** Runs to the end; the output is in the message when it fails. */
    void run(Path workFolder, List<String> command) throws IOException {
        Path output = workFolder.resolve("setup.log");
        try {
            int exit = fork(workFolder, command, output).waitFor();
            if (exit != 0) {
                throw new IOException(command.getFirst() + " ended with " + exit + ": " + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command.getFirst(), e);
        }
    }

    Process start(Path workFolder, List<String> command) throws IOException {
        return fork(workFolder, command, workFolder.resolve(LOG));
    }

    void signal(Process process, String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private Process fork(Path workFolder, List<String> command, Path output) throws IOException {
        List<String> whole = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
            whole.addAll(List.of("/usr/bin/setpriv", "--pdeathsig", "QUIT"));
            if (isRoot()) {
                whole.addAll(List.of("--reuid=postgres", "--regid=postgres", "--clear-groups"));
            }
            whole.add("--");
        }
        whole.add(folder.resolve(command.getFirst()).toString());
        whole.addAll(command.subList(1, command.size()));
        ProcessBuilder builder = new ProcessBuilder(whole).directory(workFolder.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
        builder.environment().put("LC_ALL", "C.UTF-8");
        try {
            return FORKER.submit(builder::start).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting " + command.getFirst(), e);
        } catch (ExecutionException e) {
            throw new IOException("starting " + command.getFirst() + ": " + e.getCause().getMessage(), e.getCause());
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
