package dev.holdfast.worker.backup;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.postgres.Password;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.repository.write.CopySettings;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.SecretReference;
import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** One database, some repositories and everything a run tells, as the events' bytes too. */
final class Workshop implements RunListener {

    static final String ALIAS = "shop";

    final Map<String, ObjectStore> stores = new LinkedHashMap<>();
    final List<Event<?>> events = new CopyOnWriteArrayList<>();
    final List<RunProgressed> beats = new CopyOnWriteArrayList<>();
    private final EventCodec codec = new EventCodec();
    private final Map<String, Repository> repositories = new LinkedHashMap<>();
    private final PostgresServer.Database source;
    private List<Path> recipients = List.of();
    private List<Path> toolFolders = List.of(PostgresServer.shared().programFolder());
    private String password;
    private long partBytes = 32L << 30;
    private Duration deadline = Duration.ofMinutes(10);
    private Duration stallAfter = Duration.ofSeconds(60);
    private boolean supervised;
    private Duration lockWaitTimeout = Duration.ofSeconds(30);
    private HoldfastConfig.Politeness politeness = HoldfastConfig.Politeness.DEFAULT;
    private int runsPerCluster = 2;
    private String awaited = "dump";
    private Runnable atDump = () -> { };
    private RunBackup runBackup;

    Workshop(PostgresServer.Database source) {
        this.source = source;
        this.password = source.password();
    }

    Workshop file(Path root) {
        return file("files", root);
    }

    Workshop file(String name, Path root) {
        try {
            return store(name, FileStore.at(Files.createDirectories(root)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Workshop store(String name, ObjectStore store) {
        stores.put(name, store);
        repositories.put(name, Repository.open(name, store));
        return this;
    }

    Workshop encryptedTo(Path publicKey) {
        recipients = List.of(publicKey);
        return this;
    }

    Workshop tools(Path folder) {
        toolFolders = List.of(folder);
        return this;
    }

    Workshop password(String other) {
        password = other;
        return this;
    }

    Workshop partBytes(long bytes) {
        partBytes = bytes;
        return this;
    }

    Workshop deadline(Duration other) {
        deadline = other;
        return this;
    }

    Workshop stallAfter(Duration other) {
        stallAfter = other;
        return this;
    }

    /** Somebody dispatches again what is deferred or released. */
    Workshop underSupervision() {
        supervised = true;
        return this;
    }

    Workshop lockWaitTimeout(Duration other) {
        lockWaitTimeout = other;
        return this;
    }

    Workshop politeness(HoldfastConfig.Politeness other) {
        politeness = other;
        return this;
    }

    Workshop runsPerCluster(int other) {
        runsPerCluster = other;
        return this;
    }

    /** Something that happens when the preflight is over and the dump begins. */
    Workshop atDump(Runnable happening) {
        return at("dump", happening);
    }

    /** Something that happens on the run's thread when a phase begins. */
    Workshop at(String phase, Runnable happening) {
        awaited = phase;
        atDump = happening;
        return this;
    }

    Repository repository(String name) {
        return repositories.get(name);
    }

    RunBackup runBackup() {
        if (runBackup == null) {
            HoldfastConfig config = config();
            runBackup = new RunBackup(config, reference -> new Password(password), name -> repositories.get(name).writer(),
                    () -> PostgresTools.locate(toolFolders), ServiceIdentity.newInstance("backup-worker", Clock.systemUTC()),
                    Clock.systemUTC(), CopySettings.DEFAULT.withStallAfter(stallAfter));
        }
        return runBackup;
    }

    Event<BackupRequested> request() {
        return request(new BackupRequested(ALIAS, null, null, null, null, "a test", null, null));
    }

    Event<BackupRequested> request(BackupRequested data) {
        String id = UUID.randomUUID().toString();
        return new Event<>(id, "/test", null, Instant.now().truncatedTo(ChronoUnit.SECONDS), id, null, data);
    }

    /** Runs a fresh request to its end and returns what it ended with. */
    Event<?> run() {
        return run(request());
    }

    Event<?> run(Event<BackupRequested> request) {
        runBackup().run(request, this);
        return events.getLast();
    }

    BackupCompleted complete() {
        Event<?> end = run();
        if (end.data() instanceof BackupFailed failed) {
            throw new AssertionError("the backup failed: " + failed);
        }
        return (BackupCompleted) end.data();
    }

    BackupFailed fail() {
        Event<?> end = run();
        if (!(end.data() instanceof BackupFailed failed)) {
            throw new AssertionError("the backup did not fail: " + end.data());
        }
        return failed;
    }

    BackupStarted started() {
        return events.stream().map(Event::data).filter(BackupStarted.class::isInstance).map(BackupStarted.class::cast)
                .reduce((first, second) -> second).orElseThrow();
    }

    /** Everything told so far, as it would stand in the log. */
    String told() {
        StringBuilder told = new StringBuilder();
        events.forEach(event -> told.append(new String(codec.encode(event), StandardCharsets.UTF_8)).append('\n'));
        return told.append(beats).toString();
    }

    /** Keys of backups in a repository, without the repository's own document. */
    List<String> keys(String repository) {
        try (var objects = stores.get(repository).list("db/")) {
            return objects.map(object -> object.key()).toList();
        }
    }

    @Override
    public void happened(Event<?> event) {
        codec.encode(event);
        events.add(event);
    }

    @Override
    public boolean supervised() {
        return supervised;
    }

    @Override
    public void progressed(RunProgressed progress, String correlationId) {
        boolean already = beats.stream().anyMatch(beat -> beat.phase().equals(awaited));
        beats.add(progress);
        if (progress.phase().equals(awaited) && !already) {
            atDump.run();
        }
    }

    private HoldfastConfig config() {
        Map<String, HoldfastConfig.Repository> settings = new LinkedHashMap<>();
        repositories.keySet().forEach(name -> settings.put(name,
                new HoldfastConfig.Repository(name, "file", Optional.of(Path.of("/unused")), Optional.empty(), partBytes)));
        HoldfastConfig.Database database = new HoldfastConfig.Database(ALIAS, source.host(), source.port(), source.name(),
                source.user(), Optional.of(new SecretReference.FromEnvironment("UNUSED")), "prefer", Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), ZoneOffset.UTC, new ArrayList<>(settings.keySet()),
                new HoldfastConfig.Encryption(recipients.isEmpty(), recipients), null, null, lockWaitTimeout, deadline,
                politeness, HoldfastConfig.Supervision.DEFAULT, HoldfastConfig.Objectives.DEFAULT);
        return new HoldfastConfig(null, settings, Map.of(ALIAS, database), Map.of(),
                new HoldfastConfig.Worker(1, Duration.ofMillis(100), toolFolders, runsPerCluster), null, null, null, null, false);
    }
}
