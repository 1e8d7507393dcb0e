package dev.holdfast.scheduler.catalog;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.service.messaging.LogPosition;
import dev.holdfast.service.metrics.BackupMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Builds the view and keeps it: the repositories first (so that it answers without a broker), then the table, then the
 * log from its start and on; once that has caught up, the table is brought to what the view says. The repositories are
 * read again every hour, since a backup may be made without Kafka.
 */
public final class FollowCatalog implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(FollowCatalog.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration READ_EVERY = Duration.ofHours(1);

    private final Catalog catalog;
    private final Runs runs;
    private final BiConsumer<Event<? extends Payload>, LogPosition> alsoTold;
    private final MeasureBackups measures;
    private final ReadRepositories repositories;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;
    private final Clock clock;
    private final LogFollower table;
    private final LogFollower log;
    private final LogFollower pulse;
    private final Map<String, CatalogEntry> published = new ConcurrentHashMap<>();
    private volatile Thread thread;
    private final Set<String> readable = ConcurrentHashMap.newKeySet();
    private volatile boolean current;
    private volatile Optional<String> trouble = Optional.empty();
    private volatile long lastFresh = System.nanoTime();

    /** @param alsoTold hears every event of the log and of the pulse in the same order as the view */
    public FollowCatalog(Catalog catalog, Runs runs, BiConsumer<Event<? extends Payload>, LogPosition> alsoTold, ReadRepositories repositories, BackupMetrics metrics, LogFollowers followers,
            EventPublisher publisher, ServiceIdentity identity, Clock clock) {
        this.catalog = catalog;
        this.runs = runs;
        this.alsoTold = alsoTold;
        this.measures = new MeasureBackups(metrics);
        this.repositories = repositories;
        this.publisher = publisher;
        this.identity = identity;
        this.clock = clock;
        this.table = followers.fromStart(Topics.CATALOG, this::load);
        this.log = followers.fromStart(Topics.EVENTS, this::apply);
        this.pulse = followers.fromNow(Topics.PROGRESS, (event, position) -> {
            runs.apply(event);
            alsoTold.accept(event, position);
        });
        followers.alsoAsk(() -> trouble);
    }

    /**
     * Whether the view holds everything that was appended to log and pulse before this call. Asks the broker, so without one, or
     * in an instance that was stopped for a while and reads what it missed, it does not. To be asked again and again: what
     * {@link #behind} says is as of these answers.
     */
    public boolean awaitFresh(Duration atMost) {
        boolean fresh = awaitLog(atMost) && pulse.awaitCurrent(atMost);
        if (fresh) {
            lastFresh = System.nanoTime();
        }
        return fresh;
    }

    /** As above of the log alone, which is all that firing goes by: the pulse tells of runs that were asked for already. */
    public boolean awaitLog(Duration atMost) {
        return current && log.awaitCurrent(atMost);
    }

    /** Why whoever goes by a fresh view does nothing, where there was none for {@code longer}; else empty. */
    public Optional<String> behind(Duration longer) {
        return System.nanoTime() - lastFresh <= longer.toNanos() ? Optional.empty() : Optional.of("for more than " + longer + " "
                + (current ? "log and pulse could not be read to their ends, so that nothing is supervised and no alert raised"
                : "the log of before its start was not read to its end, so that nothing is requested, supervised or raised"));
    }

    /** Whether the log that was there at the start is in the view, and the table says the same as far as the broker took it. */
    public boolean isCurrent() {
        return current;
    }

    /** Whether each of these repositories was read since the start; one that is new, or missing, was not. */
    public boolean hasRead(Collection<String> names) {
        return readable.containsAll(names);
    }

    @Override
    public synchronized void start() {
        thread = Thread.ofPlatform().name("catalog").start(this::follow);
    }

    @Override
    public void stop() {
        Thread running;
        synchronized (this) {
            running = thread;
            thread = null;
        }
        if (running == null) {
            return;
        }
        running.interrupt();
        List.of(pulse, log, table).forEach(LogFollower::stop);
        try {
            running.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }

    private void load(Event<? extends Payload> event, LogPosition position) {
        if (event.data() instanceof CatalogEntry entry) {
            published.put(key(entry), entry);
            if (!current) {
                catalog.load(entry);
            }
        }
    }

    private void apply(Event<? extends Payload> event, LogPosition position) {
        try {
            catalog.apply(event);
            runs.apply(event);
            measures.apply(event);
            alsoTold.accept(event, position);
        } catch (IllegalArgumentException e) {
            LOG.warn("the event {} of {} at {}/{} says nothing that the catalog can hold: {}", event.id(), event.source(),
                    position.partition(), position.offset(), e.getMessage());
        }
    }

    private void follow() {
        try {
            read();
            pulse.start();
            caughtUp(table);
            caughtUp(log);
            Instant lastRead = read();
            while (!Thread.currentThread().isInterrupted()) {
                keep();
                if (!clock.instant().isBefore(lastRead.plus(READ_EVERY))) {
                    lastRead = read();
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            LOG.debug("no longer following the catalog"); // stop() interrupts
        }
    }

    /** A view that ended here would look well and be told to nobody. */
    void keep() {
        try {
            if (publish()) {
                measures.measure(catalog);
            }
            trouble = Optional.empty();
        } catch (RuntimeException | Error e) {
            if (trouble.isEmpty()) {
                LOG.error("keeping the catalog failed in a way that was not foreseen; it is tried again", e);
            }
            trouble = Optional.of("keeping the catalog fails: " + e.getClass().getSimpleName());
        }
    }

    private static void caughtUp(LogFollower follower) throws InterruptedException {
        follower.start();
        while (!follower.awaitCaughtUp(Duration.ofSeconds(1))) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private Instant read() {
        Instant begun = clock.instant();
        try {
            Catalog.Mark before = catalog.mark();
            RepositoryContents contents = repositories.read();
            catalog.merge(before, contents);
            readable.addAll(contents.readable());
            measures.measure(catalog);
        } catch (RuntimeException | Error e) {
            LOG.error("reading the repositories failed; they are read again in {}", READ_EVERY, e);
        }
        return begun;
    }

    /** @return whether anything had changed */
    private boolean publish() {
        List<CatalogEntry> changed = catalog.takeChanged();
        int done = 0;
        try {
            for (CatalogEntry entry : changed) {
                if (!entry.equals(published.get(key(entry)))) {
                    publisher.publish(Topics.CATALOG, identity.event(entry.backupId(), entry.backupId(), entry));
                    published.put(key(entry), entry);
                }
                done++;
            }
        } catch (HoldfastException e) {
            LOG.warn("the catalog could not be published and is tried again: {}", e.getMessage());
        } finally {
            changed.subList(done, changed.size()).forEach(catalog::changedAgain);
        }
        current = true; // what the broker refuses here is for others to read: nothing that goes by the view waits for it
        return !changed.isEmpty();
    }

    private static String key(CatalogEntry entry) {
        return entry.database() + "/" + entry.backupId();
    }
}
