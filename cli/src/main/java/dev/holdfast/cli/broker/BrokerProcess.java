package dev.holdfast.cli.broker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * What runs in the broker's process: formats its folder the first time, starts, says {@link #READY} on stdout and lives
 * as long as its stdin is open. Whoever started it holds the other end, so it ends with its parent however that died.
 */
final class BrokerProcess {

    static final String READY = "ready";

    private BrokerProcess() {
    }

    /** @param arguments the file of broker settings */
    public static void main(String[] arguments) throws IOException {
        Thread.ofPlatform().daemon().name("parents-end").start(BrokerProcess::endWithParent);
        Path settings = Path.of(arguments[0]);
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(settings)) {
            properties.load(reader);
        }
        if (!Files.exists(Path.of(properties.getProperty("log.dirs"), "meta.properties"))) {
            format(settings);
        }
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop-broker"));
        try {
            server.startup();
        } catch (RuntimeException e) {
            // A broker that failed half way has threads that would keep the process alive.
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
        System.out.println(READY);
        System.out.flush();
        server.awaitShutdown();
    }

    private static void format(Path settings) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int exit = StorageTool.execute(new String[] {"format", "--config", settings.toString(), "--cluster-id",
                Uuid.randomUuid().toString()}, new PrintStream(output, true, StandardCharsets.UTF_8));
        if (exit != 0) {
            throw new IllegalStateException("formatting the broker's folder by " + settings + " failed: "
                    + output.toString(StandardCharsets.UTF_8));
        }
    }

    /** An orderly stop writes a clean-shutdown mark; one that hangs must not outlive the parent. */
    private static void stop(KafkaRaftServer server) {
        Thread orderly = new Thread(() -> {
            server.shutdown();
            server.awaitShutdown();
        }, "stop-broker-in-order");
        orderly.setDaemon(true);
        orderly.start();
        try {
            if (!orderly.join(Duration.ofSeconds(10))) {
                Runtime.getRuntime().halt(1);
            }
        } catch (InterruptedException e) {
            Runtime.getRuntime().halt(1);
        }
    }

    /** From the first moment: a parent may end while the broker still starts. */
    private static void endWithParent() {
        byte[] ignored = new byte[64];
        try {
            while (System.in.read(ignored) >= 0) {
                // Nobody writes; only the end counts.
            }
        } catch (IOException e) {
            e.printStackTrace();
        }
        System.exit(0);
    }
}
