package dev.holdfast.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** A real Kafka broker (KRaft, one node, share groups) inside the test's process, on a port of its own. */
public final class KafkaServer implements AutoCloseable {

    private final Map<String, String> settings;
    private final Path folder;
    private final int port = FreePort.find();
    private final int controllerPort = FreePort.find();
    private boolean formatted;
    private KafkaRaftServer server;

    private KafkaServer(Map<String, String> settings) {
        this.settings = Map.copyOf(settings);
        try {
            folder = TestFolders.create();
        } catch (IOException e) {
            throw new UncheckedIOException("making a folder for a test broker", e);
        }
    }

    /** The one broker of this JVM, started on first use; tests that share it use groups and keys of their own. */
    public static KafkaServer shared() {
        return Shared.SERVER;
    }

    /** A broker of one's own with nothing in it; close it. */
    public static KafkaServer newBroker() {
        return newBroker(Map.of());
    }

    /** As above, with broker settings that win over this class's; its one listener is named by {@code inter.broker.listener.name}. */
    public static KafkaServer newBroker(Map<String, String> settings) {
        KafkaServer server = new KafkaServer(settings);
        server.start();
        return server;
    }

    /** A broker that has an address but is not there until {@link #start()}. */
    public static KafkaServer absent() {
        return new KafkaServer(Map.of());
    }

    public String bootstrapServers() {
        return "localhost:" + port;
    }

    /** Starts it, or starts it again on the same port with the same data. Does nothing where it runs. */
    public synchronized void start() {
        if (server != null) {
            return;
        }
        format();
        KafkaRaftServer starting = new KafkaRaftServer(new KafkaConfig(properties(), false), Time.SYSTEM);
        try {
            starting.startup();
            server = starting;
        } catch (RuntimeException e) {
            starting.shutdown();
            starting.awaitShutdown();
            throw new IllegalStateException("starting a test broker on port " + port + " failed", e);
        }
    }

    /** Stops it and keeps its data. Does nothing where it doesn't run. */
    public synchronized void stop() {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
        }
    }

    /** Deletes every topic that isn't Kafka's own and waits until they are gone. */
    public void reset() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            Set<String> topics = topics(admin);
            admin.deleteTopics(topics).all().get(30, TimeUnit.SECONDS);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!topics(admin).isEmpty()) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("the test broker still lists " + topics(admin));
                }
                Thread.onSpinWait();
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("deleting the topics of the test broker failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while deleting the topics of the test broker", e);
        }
    }

    /** Stops it and deletes its data. */
    @Override
    public void close() {
        stop();
        TestFolders.delete(folder);
    }

    private static Set<String> topics(Admin admin)
            throws InterruptedException, ExecutionException, TimeoutException {
        return admin.listTopics().names().get(30, TimeUnit.SECONDS).stream().collect(Collectors.toSet());
    }

    private void format() {
        if (formatted) {
            return;
        }
        Path file = folder.resolve("server.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties().store(writer, null);
        } catch (IOException e) {
            throw new UncheckedIOException("writing " + file, e);
        }
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int exit = StorageTool.execute(new String[] {"format", "--config", file.toString(), "--cluster-id",
                Uuid.randomUuid().toString()}, new PrintStream(output, true, StandardCharsets.UTF_8));
        if (exit != 0) {
            throw new IllegalStateException("formatting the test broker's folder " + folder + " failed: "
                    + output.toString(StandardCharsets.UTF_8));
        }
        formatted = true;
    }

    private Properties properties() {
        Map<String, String> all = new HashMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.put("controller.quorum.voters", "1@localhost:" + controllerPort);
        all.put("controller.listener.names", "CONTROLLER");
        String clients = settings.getOrDefault("inter.broker.listener.name", "PLAINTEXT");
        all.put("listeners", clients + "://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
        all.put("advertised.listeners", clients + "://localhost:" + port);
        all.put("log.dirs", folder.resolve("data").toString());
        all.put("auto.create.topics.enable", "false");
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            all.put(topic + ".replication.factor", "1");
            all.put(topic + ".num.partitions", "1");
        }
        all.put("transaction.state.log.min.isr", "1");
        all.put("share.coordinator.state.topic.min.isr", "1");
        all.put("group.initial.rebalance.delay.ms", "0");
        all.putAll(settings);
        Properties properties = new Properties();
        properties.putAll(all);
        return properties;
    }

    private static final class Shared {

        private static final KafkaServer SERVER = newBroker();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close, "stop-test-broker"));
        }
    }
}
