package dev.holdfast.notifier.delivery;

import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.subscription.QueueDeliveries;
import dev.holdfast.notifier.subscription.Subscription;
import dev.holdfast.notifier.subscription.Subscriptions;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.service.messaging.LogPosition;
import dev.holdfast.service.messaging.RecordReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Brings every queued delivery to its subscriber, for as long as its limit lasts and over restarts (docs/adr/0008). The
 * position that is committed stays behind the oldest delivery that is not over; what lies between and is over is known from
 * the log, so that a restart tells again at most what was under way, under the same webhook-id. Started once.
 */
public final class Deliveries implements SmartLifecycle, AutoCloseable {

    /** The group that reads the requests. An older version's share group had another name, and groups can't change kind. */
    static final String GROUP = "holdfast-notifier-deliveries";

    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    /** What may lie between the clocks of the broker and of this machine, and between a request and its end on the log. */
    private static final Duration MARGIN = Duration.ofHours(1);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration GRACE = Duration.ofSeconds(3);

    private final DeliveryHistory history;
    private final DeliveryLanes lanes;
    private final TellDeliveries log;
    private final Clock clock;
    private final Duration limit;
    private final LogFollower past;
    private final LogFollower requests;
    private final RecordReader reader;
    private final ExecutorService tries = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService ticks =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("delivery-ticks").factory());
    private volatile boolean running;

    public Deliveries(LogFollowers followers, Subscriptions subscriptions, WebhookClient client, EventPublisher publisher,
            ServiceIdentity identity, Clock clock, MeterRegistry meters, DeliverySettings settings) {
        this.clock = clock;
        this.limit = settings.limit();
        DeliveryMetrics metrics = new DeliveryMetrics(meters);
        this.history = new DeliveryHistory(identity.instance());
        this.log = new TellDeliveries(publisher, identity, clock, history, metrics);
        this.reader = followers.reader(Topics.DELIVERIES);
        this.lanes = new DeliveryLanes(settings, clock, tries, new TryDelivery(subscriptions, client, this::readAgain, log,
                new RetryPauses(settings.pauses(), RandomGenerator.getDefault()), settings.limit(), clock, metrics));
        this.past = followers.since(Topics.EVENTS, () -> reach(followers), history);
        this.requests = followers.backlog(Topics.DELIVERIES, GROUP, this::take, assigned -> awaitPast(), lanes::forget,
                lanes::oldestOpen);
        subscriptions.all().stream().map(Subscription::name).forEach(name -> metrics.watch(name, () -> lanes.pending(name),
                () -> lanes.oldest(name).map(oldest -> Math.max(0, Duration.between(oldest, clock.instant()).toSeconds())).orElse(0L)));
    }

    @Override
    public void start() {
        running = true;
        past.start();
        requests.start();
        ticks.scheduleWithFixedDelay(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Takes nothing more and gives what is under way a few seconds; the rest goes on with the next start. */
    @Override
    public void stop() {
        if (!running) {
            return;
        }
        running = false;
        ticks.shutdownNow();
        lanes.stop();
        log.stop();
        requests.stop();
        tries.shutdown();
        try {
            if (!tries.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                tries.shutdownNow();
            }
        } catch (InterruptedException e) {
            tries.shutdownNow();
            Thread.currentThread().interrupt();
        }
        past.stop();
        reader.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void close() {
        stop();
    }

    /** Waits until the requests that were there at the start have been taken in. */
    public boolean awaitCaughtUp(Duration atMost) {
        return requests.awaitCaughtUp(atMost);
    }

    /** Far enough back to know the end of every request that is read or queued: further, after a long absence, than the limit. */
    private Duration reach(LogFollowers followers) {
        Duration absence = Stream.of(followers.oldestUncommitted(Topics.DELIVERIES, GROUP),
                        followers.oldestUncommitted(Topics.EVENTS, QueueDeliveries.GROUP)).flatMap(Optional::stream)
                .map(oldest -> Duration.between(oldest, Instant.now())).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
        Duration reach = (absence.compareTo(limit) > 0 ? absence : limit).plus(MARGIN);
        history.reach(reach);
        return reach;
    }

    private void tick() {
        try {
            lanes.tick();
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again, and with it every delivery that waits.
            LOG.error("Looking for deliveries that are due failed", e);
        }
    }

    /** Without what the log says of the past, deliveries that are long over would be told again. */
    private void awaitPast() {
        while (running && !past.awaitCaughtUp(Duration.ofSeconds(1))) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }

    private void take(Event<? extends Payload> event, LogPosition position) {
        Event<DeliveryRequested> request = request(event);
        if (history.isOver(request.id())) {
            return;
        }
        lanes.add(new Delivery(request, position, history.progress(request.id()).orElseGet(() -> Delivery.Progress.none(clock.instant()))),
                request);
    }

    private Optional<Event<DeliveryRequested>> readAgain(Delivery delivery) {
        return reader.read(delivery.partition(), delivery.offset()).map(Deliveries::request);
    }

    private static Event<DeliveryRequested> request(Event<? extends Payload> event) {
        if (!(event.data() instanceof DeliveryRequested)) {
            throw new HoldfastException(FailureKind.PERMANENT, "event-unexpected", "reading a request found "
                    + event.type().shortName() + ", which does not belong on " + Topics.DELIVERIES,
                    "publish it again on " + event.type().topic());
        }
        @SuppressWarnings("unchecked")
        Event<DeliveryRequested> request = (Event<DeliveryRequested>) event;
        return request;
    }
}
