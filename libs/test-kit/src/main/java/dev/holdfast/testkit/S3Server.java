package dev.holdfast.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A real S3 API (Adobe S3Mock) in a child process, one per JVM. A test that asks for an {@code S3Server.Bucket}
 * ({@code @ExtendWith(S3Server.class)}) gets a fresh one. It checks no signatures, so any credentials do.
 */
public final class S3Server implements ParameterResolver {

    private static final AtomicInteger BUCKETS = new AtomicInteger();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** A bucket of its own, with what a client needs to reach it. */
    public record Bucket(URI endpoint, String region, String name, String accessKey, String secretKey) {
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Bucket.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return newBucket();
    }

    /** The address of the one server of this JVM, started on first use. */
    public static URI endpoint() {
        return Shared.ENDPOINT;
    }

    public static Bucket newBucket() {
        String name = "holdfast-test-" + ProcessHandle.current().pid() + "-" + BUCKETS.incrementAndGet();
        HttpRequest request = HttpRequest.newBuilder(endpoint().resolve("/" + name))
                .PUT(HttpRequest.BodyPublishers.noBody()).build();
        try {
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException("creating bucket " + name + ": " + response.statusCode() + " "
                        + response.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("creating bucket " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating bucket " + name, e);
        }
        return new Bucket(endpoint(), "us-east-1", name, "test-access-key", "test-secret-key");
    }

    private static final class Shared {

        private static final Duration START = Duration.ofSeconds(120);
        private static final URI ENDPOINT = start();

        private static URI start() {
            try {
                Path folder = TestFolders.create();
                Path log = folder.resolve("s3mock.log");
                int port = FreePort.find();
                Process process = new ProcessBuilder(command(folder, port))
                        .redirectErrorStream(true).redirectOutput(log.toFile()).start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, folder), "stop-s3-server"));
                URI endpoint = URI.create("http://127.0.0.1:" + port);
                awaitReady(process, endpoint, log);
                return endpoint;
            } catch (IOException e) {
                throw new UncheckedIOException("starting an S3 server for tests", e);
            }
        }

        private static List<String> command(Path folder, int port) throws IOException {
            return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx192m",
                    "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + folder,
                    "-cp", classPath(), S3MockProcess.class.getName(), "--http.port=" + port,
                    "--server.port=0", "--com.adobe.testing.s3mock.store.root=" + folder.resolve("buckets"));
        }

        /** What Maven resolved for this module when it was built, and this class itself. */
        private static String classPath() throws IOException {
            String self = Path.of(URI.create(S3Server.class.getProtectionDomain().getCodeSource().getLocation()
                    .toString())).toString();
            try (InputStream in = S3Server.class.getResourceAsStream("s3mock.classpath")) {
                if (in == null) {
                    throw new IllegalStateException("test-kit was built without s3mock.classpath: build it with Maven");
                }
                return self + java.io.File.pathSeparator
                        + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            }
        }

        private static void awaitReady(Process process, URI endpoint, Path log) throws IOException {
            long end = System.nanoTime() + START.toNanos();
            HttpRequest request = HttpRequest.newBuilder(endpoint.resolve("/favicon.ico")).GET().build();
            try {
                while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    if (System.nanoTime() > end) {
                        process.destroyForcibly();
                        break;
                    }
                    if (answers(request)) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("the S3 server for tests does not start: " + Files.readString(log));
        }

        private static boolean answers(HttpRequest request) throws InterruptedException {
            try {
                HTTP.send(request, HttpResponse.BodyHandlers.discarding());
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        private static void stop(Process process, Path folder) {
            process.destroyForcibly();
            try {
                process.waitFor(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            TestFolders.delete(folder);
        }
    }
}
