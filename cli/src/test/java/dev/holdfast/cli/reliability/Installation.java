package dev.holdfast.cli.reliability;

import static org.awaitility.Awaitility.await;

import dev.holdfast.cli.broker.FreePorts;
import dev.holdfast.cli.broker.LocalBroker;
import dev.holdfast.cli.log.Requests;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.postgres.scratch.FolderTree;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A broker, a source, a repository, a subscriber and the five services, each in a process of its own, with a short lease. */
final class Installation implements AutoCloseable {

    static final Duration LEASE = Duration.ofSeconds(5);
    private static final String SOURCE = "/test/reliability";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path folder;
    private final PostgresServer.Database source;
    private final ToldSubscriber subscriber = new ToldSubscriber();
    private final Map<Part, ServiceProcess> services = new EnumMap<>(Part.class);
    private final ClassCache classes;
    private final List<ServiceProcess> more = new ArrayList<>();
    private final int brokerPort = FreePorts.find();
    private LocalBroker broker;
    private Sightings sightings;
    private Heart heart;

    /** Starts everything and returns once all are ready. Each database that the policies name is one and the same in truth. */
    Installation(Path folder, PostgresServer.Database source, Collection<String> databases, ClassCache classes) {
        this.folder = folder;
        this.source = source;
        this.classes = classes;
        try {
            start(databases);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void start(Collection<String> databases) {
        source.exec("CREATE TABLE kept (id int PRIMARY KEY, what text);"
                + "INSERT INTO kept SELECT n, md5(n::text) FROM generate_series(1, 20000) n");
        configure(databases);
        broker = LocalBroker.start(folder.resolve("broker"), brokerPort);
        for (Part part : Part.values()) {
            part.main().ifPresent(main -> services.put(part, service(part, part.label())));
        }
        if (classes.isToBeMade()) {
            endInOrder(services.get(Part.WORKER));
        }
        services.values().forEach(ServiceProcess::start);
        services.values().forEach(ServiceProcess::awaitReady);
        sightings = new Sightings(broker.bootstrapServers());
        heart = new Heart(broker.bootstrapServers());
    }

    /** Services have most of their classes in common, so any will do. */
    private static void endInOrder(ServiceProcess service) {
        service.start();
        service.awaitReady();
        Signal.TERM.send(service.handle());
        service.awaitEnd();
    }

    private void configure(Collection<String> databases) {
        StringBuilder policies = new StringBuilder();
        for (String alias : databases) {
            policies.append("  %s: {host: %s, port: %d, database: %s, user: %s, password: {env: SOURCE_PASSWORD}, encryption: none, keep: {last: 1, verified: 1}}%n"
                    .formatted(alias, source.host(), source.port(), source.name(), source.user()));
        }
        try {
            Files.createDirectories(repository());
            Files.createDirectories(scratch().resolve(Part.VERIFIER.label()));
            Files.createDirectories(scratch().resolve("second-" + Part.VERIFIER.label()));
            Files.writeString(folder.resolve("holdfast.yml"), """
                    kafka: {bootstrap-servers: "127.0.0.1:%d"}
                    repositories: {local: {path: repository, part-size: 32KiB}}
                    subscriptions:
                      watcher: {url: "%s", secret: {env: WATCHER_SECRET}, events: ["backup.*", "alert.*", "run.*"], allow-private: true}
                    worker: {heartbeat: 500ms}
                    verifier: {scratch: "%s", slots: 2}
                    retention: {every: 2s}
                    scheduler: {lease: %ds}
                    databases:
                    %s""".formatted(brokerPort, subscriber.url(), scratch(), LEASE.toSeconds(), policies));
        } catch (IOException e) {
            throw new UncheckedIOException("configuring an installation in " + folder, e);
        }
    }

    private ServiceProcess service(Part part, String name) {
        return new ServiceProcess(name, part.main().orElseThrow(), folder, environment(part, name), classes);
    }

    /** Each sees its own secrets only, and each verifier has a disk of its own. */
    private Map<String, String> environment(Part part, String name) {
        return switch (part) {
            case WORKER -> Map.of("SOURCE_PASSWORD", source.password());
            case NOTIFIER -> Map.of("WATCHER_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
            case VERIFIER -> Map.of("HOLDFAST_VERIFIER_SCRATCH", scratch().resolve(name).toString());
            case SCHEDULER, RETENTION, BROKER -> Map.of();
        };
    }

    /** Another one of a kind, for the time in which the first one holds its breath. */
    void startSecond(Part part) {
        ServiceProcess second = service(part, "second-" + part.label());
        more.add(second);
        second.start();
        second.awaitReady();
    }

    void stopSeconds() {
        more.forEach(second -> {
            Signal.TERM.send(second.handle());
            second.awaitEnd();
        });
        more.clear();
    }

    /** Publishes a request, and says where its run will show. */
    Scene request(String database, String id, Optional<BackupId> older) {
        Instant now = Instant.now();
        Event<BackupRequested> request = new Event<>(id, SOURCE, null, now, id, null,
                new BackupRequested(database, null, null, null, null, "the kill matrix", null, null));
        Scene scene = new Scene(database, BackupId.of(request), older, sightings, subscriber,
                new Scene.Before(sightings.of(database).size(), subscriber.of(database).size()), repository());
        publish(request);
        return scene;
    }

    void publish(Event<?> event) {
        try (Requests requests = new Requests(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            requests.publish(event);
        }
    }

    ProcessHandle handle(Part part) {
        return part == Part.BROKER ? ProcessHandle.of(broker.pid()).orElseThrow() : services.get(part).handle();
    }

    /** What the part ran has to end with it. */
    void rememberChildren(Part part, List<ProcessHandle> children) {
        Optional.ofNullable(services.get(part)).ifPresent(service -> service.rememberChildren(children));
    }

    /** Waits for the end of a part that was killed or told to end, and starts it again, at the same address and with its data. */
    void startAgain(Part part) {
        if (part == Part.BROKER) {
            await("the broker has ended").atMost(Duration.ofMinutes(2)).until(() -> !broker.isAlive());
            broker.close();
            broker = LocalBroker.start(folder.resolve("broker"), brokerPort);
        } else {
            services.get(part).awaitEnd();
            services.get(part).start();
        }
    }

    /** The broker dies and comes back with nothing in it. */
    void wipeBroker() {
        sightings.close();
        Signal.KILL.send(handle(Part.BROKER));
        await("the broker has ended").atMost(Duration.ofMinutes(2)).until(() -> !broker.isAlive());
        broker.close();
        try {
            FolderTree.delete(folder.resolve("broker").resolve("data"));
        } catch (IOException e) {
            throw new UncheckedIOException("wiping the broker", e);
        }
        broker = LocalBroker.start(folder.resolve("broker"), brokerPort);
        awaitReady();
        sightings = new Sightings(broker.bootstrapServers());
    }

    /** What the scheduler's API answers. */
    String api(String path) throws IOException, InterruptedException {
        return services.get(Part.SCHEDULER).get(path);
    }

    /** The status of the answer to what somebody asks of the scheduler's API. */
    int ask(String path, String json) throws IOException, InterruptedException {
        return services.get(Part.SCHEDULER).post(path, json);
    }

    /** The runs of a database that go on, as the scheduler's status has it. */
    List<String> running(String database) {
        try {
            for (JsonNode state : JSON.readTree(api("/api/v1/status")).path("databases")) {
                if (state.path("database").asString("").equals(database)) {
                    return state.path("running").valueStream().map(JsonNode::toString).toList();
                }
            }
            return List.of("the status does not know " + database);
        } catch (IOException e) {
            return List.of("no status: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of("no status: " + e);
        }
    }

    void awaitReady() {
        services.values().forEach(ServiceProcess::awaitReady);
    }

    PostgresServer.Database source() {
        return source;
    }

    Sightings sightings() {
        return sightings;
    }

    /** As somebody sees it who may do anything. */
    Repository open() {
        return Repository.open("local", FileStore.at(repository()));
    }

    /** Each verifier has a folder of its own in it, as each has a disk of its own. */
    Path scratch() {
        return folder.resolve("scratch");
    }

    /** Programs that services started and that run. */
    List<String> children() {
        List<String> found = new ArrayList<>();
        services.values().forEach(service -> found.addAll(service.children()));
        more.forEach(service -> found.addAll(service.children()));
        return found;
    }

    /** The end of each service's log, for a failure's message. */
    String logs() {
        StringBuilder all = new StringBuilder();
        services.forEach((part, service) -> all.append("\n--- ").append(part).append('\n').append(service.end()));
        return all.toString();
    }

    private Path repository() {
        return folder.resolve("repository");
    }

    @Override
    public void close() {
        more.forEach(ServiceProcess::close);
        services.values().forEach(ServiceProcess::close);
        if (sightings != null) {
            sightings.close();
        }
        if (heart != null) {
            heart.close();
        }
        if (broker != null) {
            broker.close();
        }
        subscriber.close();
    }
}
