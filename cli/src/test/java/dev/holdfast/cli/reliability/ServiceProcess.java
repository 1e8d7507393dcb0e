package dev.holdfast.cli.reliability;

import static org.awaitility.Awaitility.await;

import dev.holdfast.cli.broker.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One service in a JVM of its own that is started again after its end, as a supervisor such as systemd would. It dies with this
 * process where the system can see to that.
 */
final class ServiceProcess implements AutoCloseable {

    private static final Duration READY = Duration.ofMinutes(4);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String name;
    private final List<String> prefix;
    private final ClassCache classes;
    private final String main;
    private final Map<String, String> environment;
    private final Path folder;
    private final int port = FreePorts.find();
    private final Set<ProcessHandle> leftBehind = new HashSet<>();
    private Process process;

    /** @param environment all that it sees beside PATH, so that each service knows its own secrets only */
    ServiceProcess(String name, Class<?> main, Path folder, Map<String, String> environment, ClassCache classes) {
        this.name = name;
        this.folder = folder;
        this.environment = environment;
        this.prefix = Files.isExecutable(Path.of("/usr/bin/setpriv")) ? List.of("/usr/bin/setpriv", "--pdeathsig", "KILL", "--") : List.of();
        this.classes = classes;
        this.main = main.getName();
    }

    void start() {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(classes.options());
        command.addAll(List.of("-cp", classes.classPath(), main, "--server.port=" + port));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().keySet().retainAll(Set.of("PATH", "LANG", "LC_ALL", "TZ"));
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("starting the " + name, e);
        }
    }

    /** Waits until it says that it is ready. */
    void awaitReady() {
        HttpRequest readiness = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                .timeout(Duration.ofSeconds(10)).build();
        await(name + " is ready").atMost(READY).ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("the " + name + " ended by itself: " + end());
            }
            return HTTP.send(readiness, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        });
    }

    /** What its HTTP API answers. */
    String get(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(10)).build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }

    /** The status of the answer. */
    int post(String path, String json) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json)).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Remembers programs that it ran, which have to end with it. */
    void rememberChildren(List<ProcessHandle> children) {
        leftBehind.addAll(children);
    }

    /** Programs of this service that run: of one that ended, and those of the one that runs now. */
    List<String> children() {
        Set<ProcessHandle> all = new HashSet<>(leftBehind);
        all.addAll(process.descendants().toList());
        return all.stream().filter(ProcessHandle::isAlive).map(child -> name + " has " + child.info().commandLine()
                .or(child.info()::command).orElse("process " + child.pid())).toList();
    }

    /** Waits for its end. */
    void awaitEnd() {
        await(name + " has ended").atMost(Duration.ofMinutes(2)).until(() -> !process.isAlive());
    }

    private Path log() {
        return folder.resolve(name + ".log");
    }

    /** The last it logged. */
    String end() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
