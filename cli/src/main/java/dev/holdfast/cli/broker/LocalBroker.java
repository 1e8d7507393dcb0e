package dev.holdfast.cli.broker;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * One Kafka broker (KRaft, share groups on) in a process of its own, on the loopback interface only, its data in one
 * folder. It ends with this process, even where this process is killed.
 */
public final class LocalBroker implements AutoCloseable {

    /** Class path of the broker's process; without it (tests) this process's own is used. */
    private static final String CLASS_PATH = "holdfast.broker.classpath";

    /** Three beats; the default of 45 seconds is for networks. */
    private static final String SESSION_MILLIS = "15000";

    private final Process process;
    private final int port;
    private final Path log;

    private LocalBroker(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /**
     * Starts it and returns once it answers.
     *
     * @param folder for data, settings and log; kept, and used again by the next start
     * @throws HoldfastException code {@code broker-start-failed} with the end of its log
     */
    public static LocalBroker start(Path folder, int port) {
        Path log = folder.resolve("broker.log");
        try {
            Files.createDirectories(folder);
            Path settings = writeSettings(folder, port, FreePorts.find());
            LocalBroker broker = new LocalBroker(launch(settings, log), port, log);
            broker.awaitReady();
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException("starting a Kafka broker in " + folder, e);
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public Path log() {
        return log;
    }

    /** Asks it to stop in order, and ends it where it doesn't within 15 seconds. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static Process launch(Path settings, Path log) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // Ctrl-C reaches every process of the terminal; the broker ignores it and is stopped last, by its parent.
        List<String> command = List.of("sh", "-c", "trap '' INT; exec \"$@\"", "broker", java,
                "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
                "-Dlogback.configurationFile=dev/holdfast/cli/broker/logback.xml", "-Dholdfast.broker.log=" + log,
                "-cp", System.getProperty(CLASS_PATH, System.getProperty("java.class.path")),
                BrokerProcess.class.getName(), settings.toString());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.resolveSibling("broker.err").toFile()));
        return builder.start();
    }

    private void awaitReady() throws IOException {
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals(BrokerProcess.READY)) {
                return;
            }
        }
        close();
        throw new HoldfastException(FailureKind.PERMANENT, "broker-start-failed", "starting a Kafka broker on "
                + bootstrapServers() + " failed: " + lastLine(log.resolveSibling("broker.err")),
                "see " + log + "; if the port is taken, choose another one (--broker-port) or stop what uses it");
    }

    private static String lastLine(Path file) throws IOException {
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        return lines.stream().filter(line -> line.startsWith("Caused by: ") || line.contains("Exception: "))
                .reduce((first, last) -> last).map(line -> line.replaceFirst("^Caused by: ", ""))
                .orElse("it ended without a word");
    }

    private static Path writeSettings(Path folder, int port, int controllerPort) throws IOException {
        Properties settings = new Properties();
        settings.setProperty("process.roles", "broker,controller");
        settings.setProperty("node.id", "1");
        settings.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.setProperty("controller.listener.names", "CONTROLLER");
        settings.setProperty("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.setProperty("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.setProperty("log.dirs", folder.resolve("data").toString());
        settings.setProperty("auto.create.topics.enable", "false");
        for (String internal : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            settings.setProperty(internal + ".replication.factor", "1");
            settings.setProperty(internal + ".num.partitions", "1");
        }
        settings.setProperty("transaction.state.log.min.isr", "1");
        settings.setProperty("share.coordinator.state.topic.min.isr", "1");
        settings.setProperty("group.initial.rebalance.delay.ms", "0");
        for (String kind : List.of("consumer", "share")) {
            // Whoever was killed and comes back on this machine waits so long for the partitions of the one it was.
            settings.setProperty("group." + kind + ".min.session.timeout.ms", SESSION_MILLIS);
            settings.setProperty("group." + kind + ".session.timeout.ms", SESSION_MILLIS);
        }
        Path file = folder.resolve("server.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            settings.store(writer, null);
        }
        return file;
    }
}
