package dev.holdfast.cli.demo;

import dev.holdfast.cli.broker.FreePorts;
import dev.holdfast.cli.catalog.BackupDetails;
import dev.holdfast.cli.catalog.ReadBackups;
import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.cli.log.Requests;
import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.output.Size;
import dev.holdfast.cli.platform.Platform;
import dev.holdfast.events.EventType;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.crypto.KeyGenerator;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.repositories.Repositories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** One request from Kafka to a signed webhook, on servers made for it. Each step is checked; what was made is stopped and removed at the end. */
public final class RunDemo implements AutoCloseable {

    private static final String REQUEST_ID = "demo-1";
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long SMALLEST = 100_000_000;
    private static final List<String> LEVELS = List.of("checksum", "archive", "restore", "equal");

    private final Console console;
    private final Clock clock;
    private final boolean keep;
    private final DemoFolder folder = DemoFolder.create();
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final long startedAt = System.nanoTime();
    private boolean closed;

    /** @param keep whether the folder stays when it is closed */
    public RunDemo(Console console, Clock clock, boolean keep) {
        this.console = console;
        this.clock = clock;
        this.keep = keep;
    }

    /**
     * Runs it to the end of the proof and the delivery; everything keeps running until {@link #close}.
     *
     * @throws HoldfastException where any step did not happen as it should; code {@code not-verified} where that is the proof
     */
    public DemoReport run() {
        console.line(console.bold("Holdfast demo") + ", everything in " + folder.path());
        String password = randomText() + " '\"\\:@/%";
        int port = FreePorts.find();
        SampleCluster cluster = opened(new SampleCluster(folder.resolve("postgres"), port));
        FutureTask<Void> starting = new FutureTask<>(() -> {
            cluster.start(password);
            return null;
        });
        Thread.ofPlatform().daemon().name("sample-database").start(starting);
        String secret = WebhookSubscriber.newSecret();
        WebhookSubscriber subscriber = opened(WebhookSubscriber.start(secret, clock));
        told("webhook subscriber at " + subscriber.url());
        HoldfastConfig config = configure(port, password, secret, subscriber.url());
        Platform platform = opened(new Platform());
        platform.start(config, folder.resolve("state"), 0, this::told);
        await(starting);
        long bytes = cluster.bytes();
        require(bytes >= SMALLEST, "the sample database has only " + Size.bytes(bytes));
        told("PostgreSQL " + cluster.tools().version() + " at 127.0.0.1:" + port + " with the sample database: " + Size.bytes(bytes));
        DemoEvents events = requestAndFollow(config, platform);
        DemoReport report = report(config, cluster, bytes, events, subscriber);
        console.document(report);
        if (!console.json()) {
            report.tell(console);
        }
        return report;
    }

    /** The configuration file, for the commands that are started beside a kept demo. */
    public Path configFile() {
        return folder.resolve("holdfast.yml");
    }

    public Path folder() {
        return folder.path();
    }

    private HoldfastConfig configure(int port, String password, String secret, String url) {
        folder.writeSecret("secrets/database", password);
        folder.writeSecret("secrets/webhook", secret);
        folder.writeSecret("secrets/pgpass", "127.0.0.1:" + port + ":*:" + SampleCluster.USER + ":"
                + password.replace("\\", "\\\\").replace(":", "\\:") + "\n");
        try {
            Files.createDirectory(folder.resolve("gnupg"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.createDirectory(folder.resolve("keys"));
            Files.createDirectory(folder.resolve("repository"));
        } catch (IOException e) {
            throw new UncheckedIOException("making folders in " + folder.path(), e);
        }
        String fingerprint = KeyGenerator.generate("Holdfast demo", new char[0], folder.resolve("keys/backup.pub.asc"),
                folder.resolve("keys/backup.sec.asc"), clock);
        told("encryption key " + fingerprint);
        Path file = folder.write("holdfast.yml", """
                kafka: {bootstrap-servers: "127.0.0.1:%d"}
                repositories:
                  local: {type: file, path: repository}
                databases:
                  shop:
                    host: 127.0.0.1
                    port: %d
                    database: %s
                    user: %s
                    password: {file: secrets/database}
                    encryption: {recipients: [keys/backup.pub.asc]}
                    keep: {last: 3}
                subscriptions:
                  demo: {url: "%s", secret: {file: secrets/webhook}, events: ["backup.*"], allow-private: true}
                worker: {heartbeat: 1s}
                verifier: {scratch: scratch%s}
                keys: {secret-keys: [keys/backup.sec.asc]}
                scheduler: {port: 0}
                evaluation: true
                """.formatted(FreePorts.find(), port, SampleCluster.DATABASE, SampleCluster.USER, url,
                        ServerUser.name().map(user -> ", scratch-user: " + user).orElse("")));
        return new HoldfastConfigLoader(Map.of(), folder.path()).load(Optional.of(file));
    }

    private DemoEvents requestAndFollow(HoldfastConfig config, Platform platform) {
        Map<String, Object> client = Map.of("bootstrap.servers", config.kafka().bootstrapServers());
        String request = "{\"specversion\":\"1.0\",\"id\":\"" + REQUEST_ID + "\",\"source\":\"/demo\",\"type\":\""
                + EventType.BACKUP_REQUESTED.type() + "\",\"data\":{\"database\":\"shop\",\"requester\":\"you\"}}";
        DemoEvents events = new DemoEvents(console, REQUEST_ID);
        try (KafkaLog log = KafkaLog.open(client, List.of(Topics.EVENTS, Topics.PROGRESS), true);
                Requests requests = new Requests(client)) {
            requests.publish(Topics.BACKUP_REQUESTS, "shop", request);
            console.line("");
            console.line("One line of JSON to the topic " + Topics.BACKUP_REQUESTS + ", as any Kafka client can write it:");
            console.line("  " + request);
            log.follow(events::read, () -> {
                require(platform.broker().filter(broker -> broker.isAlive()).isPresent(), "the broker ended");
                require(events.since().compareTo(PATIENCE) < 0, "waiting for " + events.awaited() + " took longer than "
                        + Size.duration(PATIENCE));
                return !events.over();
            });
        } finally {
            events.end();
        }
        require(events.beats() > 0, "no progress was reported");
        return events;
    }

    /** Built from the repository and from what arrived, not from what the events say. */
    private DemoReport report(HoldfastConfig config, SampleCluster cluster, long bytes, DemoEvents events, WebhookSubscriber subscriber) {
        BackupDetails details = details(config, BackupId.parse(events.completed().backupId()));
        Verification proof = details.verifications().stream().findFirst()
                .orElseThrow(() -> failed("the repository holds no verification"));
        require(details.manifestSha256().equals(events.completed().manifestSha256()), "the manifest is not the one that was announced");
        require(details.backup().encrypted(), "the backup is not encrypted");
        require(holdsEnough(details.manifest().streams()), "only " + Size.bytes(details.backup().plainBytes()) + " were dumped");
        require(proof.outcome().equals("verified") && proof.level().equals("equal"), "the repository says " + proof.outcome() + " (" + proof.level() + ")");
        require(proof.counts().tables() > 0 && proof.counts().rows() > 0 && proof.counts().largeObjects() > 0, "nothing was compared");
        WebhookSubscriber.Delivery delivery = subscriber.deliveries().stream()
                .filter(one -> one.body().contains(EventType.BACKUP_VERIFIED.type()) && one.body().contains(details.backup().backupId()))
                .findFirst().orElseThrow(() -> failed("the webhook did not arrive"));
        subscriber.deliveries().forEach(one -> require(one.genuine(), "a webhook was not genuine: " + one.problem()));
        Path repository = config.repositories().get("local").path().orElseThrow();
        StockTools tools = new StockTools(folder.path(), repository, cluster.tools().folder(), cluster.port(),
                details.manifest().streams().stream().filter(stream -> stream.name().equals("data")).findFirst().orElseThrow());
        AutoCloseable agent = tools::endAgent;
        opened(agent);
        long entries = tools.countEntries();
        require(entries > 0, "pg_restore listed nothing");
        return new DemoReport(details.backup().backupId(),
                new DemoReport.Source(details.manifest().source().serverVersion(), details.manifest().source().databaseName(), bytes,
                        details.manifest().snapshotTime()),
                new DemoReport.Stored(repository.toString(), details.manifest().streams().stream().flatMap(stream -> stream.parts().stream())
                        .map(part -> part.key()).toList(), details.backup().plainBytes(), details.backup().storedBytes(),
                        details.backup().encrypted(), details.manifestSha256(), details.backup().durationSeconds()),
                proof(proof),
                new DemoReport.Webhook(subscriber.url(), delivery.webhookId(), EventType.BACKUP_VERIFIED.shortName(), delivery.genuine(),
                        subscriber.deliveries().size()),
                new DemoReport.StockCommands(tools.prepare(), tools.list(), tools.restore(), entries),
                folder.path().toString(), keep, (System.nanoTime() - startedAt) / 1e9);
    }

    /** From 16 on pg_dump compresses by itself: its size says little then, and the proof counts the rows anyway. */
    static boolean holdsEnough(List<Manifest.DataStream> streams) {
        return streams.stream().filter(stream -> stream.name().equals("data"))
                .anyMatch(data -> data.plainBytes() >= (data.compression().endsWith("-inside") ? 1 : SMALLEST));
    }

    private static DemoReport.Proof proof(Verification proof) {
        return new DemoReport.Proof(proof.outcome(), LEVELS.subList(0, LEVELS.indexOf(proof.level()) + 1), proof.counts().tables(),
                proof.counts().rows(), proof.counts().largeObjects(), proof.counts().schemaObjects(), proof.notCompared(),
                proof.isolation(), Duration.between(proof.startedAt(), proof.endedAt()).toMillis() / 1000.0, proof.restoreSeconds());
    }

    private BackupDetails details(HoldfastConfig config, BackupId id) {
        try (Repositories repositories = Repositories.open(config, new Secrets(config, ServiceRole.RETENTION, Map.of()))) {
            ReadBackups reading = new ReadBackups(repositories.all().values(), config::proofLevel);
            BackupDetails details = reading.show(id);
            reading.failures().forEach(failure -> {
                throw failure;
            });
            return details;
        }
    }

    private void told(String what) {
        console.line("  " + console.faint(String.format("%6.1f s", (System.nanoTime() - startedAt) / 1e9)) + "  " + what);
    }

    /** Registered before it is started, so that Ctrl-C at any moment finds it. */
    private <T extends AutoCloseable> T opened(T part) {
        synchronized (running) {
            if (closed) {
                throw failed("it was told to stop");
            }
            running.push(part);
        }
        return part;
    }

    private static void await(FutureTask<Void> starting) {
        try {
            starting.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof HoldfastException known ? known
                    : new HoldfastException(FailureKind.BUG, "demo-failed", "making the sample database: " + e.getCause(), "report it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "making the sample database: interrupted", "start again", e);
        }
    }

    private void require(boolean held, String otherwise) {
        if (!held) {
            throw failed(otherwise);
        }
    }

    private HoldfastException failed(String what) {
        return new HoldfastException(FailureKind.BUG, "demo-failed", "the demo: " + what, "look into "
                + folder.resolve("state/services.log") + " (start again with --keep: it stays then)");
    }

    private static String randomText() {
        byte[] bytes = new byte[12];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Stops all of it, newest first, and removes the folder unless it is kept. */
    @Override
    public void close() {
        Deque<AutoCloseable> parts;
        synchronized (running) {
            closed = true;
            parts = new ArrayDeque<>(running);
            running.clear();
        }
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                console.error("holdfast: stopping a part of the demo failed: " + e);
            }
        }
        if (!keep) {
            folder.delete();
        }
    }
}
