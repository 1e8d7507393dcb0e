package dev.holdfast.scheduler.alert;

import dev.holdfast.events.AcceptedRequest;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.AlertResolved;
import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
import dev.holdfast.service.pause.Pauses;
import dev.holdfast.testkit.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** A broker that is a list, an instance that watches it, and a clock that tests move. Services beat unless they are told not to. */
final class WatchedDatabases implements EventPublisher {

    static final Instant START = Instant.parse("2026-02-03T01:00:00Z");

    final SettableClock clock = SettableClock.at(START.toString());
    final List<Event<? extends Payload>> log = new ArrayList<>();
    final TreeSet<String> services = new TreeSet<>(List.of("scheduler-service", "backup-worker", "verifier-service", "retention-service",
            "notifier-service"));
    final HoldfastConfig config;
    Duration workersClockIsAhead = Duration.ZERO;
    private Duration machineIsAhead = Duration.ZERO;
    Optional<Long> queued = Optional.of(0L);
    private final Path folder;
    private final EventCodec codec = new EventCodec();
    private final ServiceIdentity identity = new ServiceIdentity("scheduler-service", "scheduler-1", clock);
    private Instance instance;

    /** One process. */
    private final class Instance {

        private final Catalog catalog = new Catalog(config::proofLevel);
        private final Pauses pauses = new Pauses();
        private final Observed observed = new Observed(clock);
        private final ListOrphans orphans = new ListOrphans(config.databases().values(),
                Map.of("disk", Repository.open("disk", FileStore.at(folder.resolve("disk")))));
        private final FindAlerts find = new FindAlerts(config, catalog, pauses, observed, orphans, () -> Optional.of(0L), () -> queued, clock.instant());
        private final RaiseAlerts raise = new RaiseAlerts(observed.alerts(), config.scheduler().remindEvery(), WatchedDatabases.this, identity);

        void hear(Event<? extends Payload> event, String topic) {
            if (topic.equals(Topics.EVENTS)) {
                catalog.apply(event);
                pauses.apply(event, event.time());
            }
            observed.apply(event, new LogPosition(topic, 0, log.size(), brokerTime(), event.key()));
        }
    }

    /** @param databases the section of the configuration, such as {@code shop: {schedule: "0 2 * * *"}} */
    static WatchedDatabases of(Path folder, String... databases) {
        return new WatchedDatabases(folder, databases);
    }

    private WatchedDatabases(Path folder, String... databases) {
        this.folder = folder;
        try {
            Files.createDirectories(folder.resolve("disk"));
            StringBuilder yaml = new StringBuilder("kafka: {bootstrap-servers: \"localhost:9\"}\nrepositories: {disk: {path: disk}}\n"
                    + "subscriptions: {ops: {url: \"https://example.org/\", secret: {env: OPS_SECRET}}}\ndatabases:\n");
            for (String database : databases) {
                String[] parts = database.split(": \\{", 2);
                yaml.append("  ").append(parts[0]).append(": {user: backup, encryption: none, ").append(parts[1]).append('\n');
            }
            this.config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.of(Files.writeString(folder.resolve("holdfast.yml"), yaml)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.instance = new Instance();
    }

    /** The process ends and another one reads the log from its start. */
    void restart() {
        instance = new Instance();
        log.forEach(event -> instance.hear(event, Topics.EVENTS));
    }

    @Override
    public void publish(String topic, Event<?> event) {
        Event<? extends Payload> read = codec.decode(codec.encode(event));
        log.add(read);
        instance.hear(read, topic);
    }

    @Override
    public void publishUnconfirmed(String topic, Event<?> event) {
        instance.hear(event, topic);
    }

    /** Appends what somebody says now. */
    void say(Payload data) {
        publish(Topics.EVENTS, identity.event("a-run", "request-1", data));
    }

    /** Lets time pass in steps of a minute, with beats every five seconds and a round at the end of each. */
    WatchedDatabases pass(Duration time) {
        Instant until = clock.instant().plus(time);
        while (clock.instant().isBefore(until)) {
            for (int beat = 0; beat < 12; beat++) {
                clock.advance(Duration.ofSeconds(5));
                services.forEach(this::beat);
            }
            round();
        }
        return this;
    }

    /** Lets time pass while nobody looks, then a round. */
    WatchedDatabases jump(Duration time) {
        clock.advance(time);
        services.forEach(this::beat);
        return round();
    }

    /** The clock of the machine that watches is set; nobody else's is. */
    void setMachineForward(Duration by) {
        clock.advance(by);
        machineIsAhead = machineIsAhead.plus(by);
    }

    private Instant brokerTime() {
        return clock.instant().minus(machineIsAhead);
    }

    void beat(String service) {
        Instant told = switch (service) {
            case "scheduler-service" -> clock.instant();
            case "backup-worker" -> brokerTime().plus(workersClockIsAhead);
            default -> brokerTime();
        };
        publishUnconfirmed(Topics.PROGRESS, identity.event(null, null,
                new ServiceAlive(null, service, service + "-1", "0.1.0", START, null, null, 0L, told)));
    }

    WatchedDatabases round() {
        return round(owner -> true);
    }

    WatchedDatabases round(Predicate<String> owned) {
        instance.orphans.list(owned, clock.instant(), Duration.ofHours(6));
        Times times = instance.observed.times();
        instance.raise.round(instance.find.find(times, owned), times.earlier(), owned);
        return this;
    }

    /** The alerts that stand, as {@code name database about}. */
    List<String> standing() {
        return instance.observed.alerts().all().stream().map(alert -> alert.key().name().text()
                + (alert.key().database() == null ? "" : " " + alert.key().database()) + (alert.key().about() == null ? "" : " " + alert.key().about()))
                .sorted().toList();
    }

    List<AlertRaised> raised(String name) {
        return log.stream().map(Event::data).filter(AlertRaised.class::isInstance).map(AlertRaised.class::cast)
                .filter(alert -> alert.alert().equals(name)).toList();
    }

    List<AlertResolved> resolved(String name) {
        return log.stream().map(Event::data).filter(AlertResolved.class::isInstance).map(AlertResolved.class::cast)
                .filter(alert -> alert.alert().equals(name)).toList();
    }

    Instant now() {
        return clock.instant();
    }

    static String id(String database, Instant fired) {
        return BackupId.scheduled(database, "dump", fired).toString();
    }

    void accepted(String database, Instant fired) {
        say(new BackupAccepted(database, "dump", id(database, fired), fired, "scheduler"));
    }

    void started(String database, Instant fired, int attempt) {
        say(new BackupStarted(database, "dump", id(database, fired), attempt, "abcdef012345", "worker-1"));
    }

    void failed(String database, Instant fired, int attempt, String code) {
        say(new BackupFailed(database, "dump", id(database, fired), attempt, "dump", "permanent", code, "it went wrong", "put it right"));
    }

    void completed(String database, Instant fired, long bytes, Duration took) {
        say(new BackupCompleted(database, "dump", id(database, fired), 1, fired, fired.plus(took), fired, bytes, bytes, false, "15.8",
                "ab".repeat(32), List.of(new BackupCompleted.Copy("disk", bytes)), List.of()));
    }

    void verified(String database, Instant fired, Double restoreSeconds) {
        say(new BackupVerified(database, "dump", id(database, fired), "disk", "equal", fired, now(), 10, restoreSeconds, 1, 1, 0, 1, 0,
                "namespaces", List.of(), "evidence.json"));
    }

    /** A whole run that ends well. */
    void backedUp(String database, Instant fired) {
        accepted(database, fired);
        started(database, fired, 1);
        completed(database, fired, 1_000_000, Duration.ofMinutes(5));
        verified(database, fired, 60.0);
    }

    void progressed(String database, Instant fired, long bytes) {
        progressed(database, fired, 1, bytes);
    }

    void progressed(String database, Instant fired, int attempt, long bytes) {
        publishUnconfirmed(Topics.PROGRESS, identity.event(null, null,
                new RunProgressed(database, id(database, fired), "backup", attempt, "dump", bytes, null, 1)));
    }

    /** Appends what somebody says of a request. */
    void say(String request, Payload data) {
        publish(Topics.EVENTS, identity.event("a-run", request, data));
    }

    /** A proof of one copy is asked for and begins. */
    void proving(String request, Instant fired, String repository) {
        proofAccepted(request, fired, repository);
        proofStarted(request, fired, repository);
    }

    void proofAccepted(String request, Instant fired, String repository) {
        say(request, new VerificationAccepted("shop", id("shop", fired), "equal", request,
                new AcceptedRequest(request, "/test", START, 0L, 1, 0, null, repository, null, null, null)));
    }

    void proofStarted(String request, Instant fired, String repository) {
        say(request, new VerificationStarted("shop", id("shop", fired), repository, "equal", 1, "abcdef012345", "verifier-1"));
    }

    void proofMoves(String request, Instant fired, String repository, long bytes) {
        publishUnconfirmed(Topics.PROGRESS, identity.event("a-run", request, new RunProgressed("shop", id("shop", fired), "verification",
                1, "restore", bytes, null, 1, "abcdef012345", repository)));
    }

    void proven(String request, Instant fired, String repository) {
        say(request, new BackupVerified("shop", "dump", id("shop", fired), repository, "equal", fired, now(), 10, 60.0, 1, 1, 0, 1, 0,
                "namespaces", List.of(), "evidence.json"));
    }
}
