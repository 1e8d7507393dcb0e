package dev.holdfast.notifier.delivery;

import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.Event;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is told when. A lane is what one subscriber is to hear of one database, in order; its first delivery is tried until it
 * is over, and those behind it wait. A subscriber has few tries at once, and one where it fails, and none of them takes a
 * turn from another subscriber's. Thread-safe; tries run on the executor's threads, outside the lock.
 */
final class DeliveryLanes {

    /** After so many tries a delivery that a working subscriber turns down no longer holds up those behind it. */
    static final int TRIES_IN_LANE = 4;

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLanes.class);
    private static final java.time.Duration AFTER_A_BUG = java.time.Duration.ofMinutes(1);

    private final DeliverySettings settings;
    private final Clock clock;
    private final Executor threads;
    private final Function<Delivery, Result> attempt;
    private final Map<String, Outlet> outlets = new HashMap<>();
    private final Map<String, Lane> lanes = new HashMap<>();
    private final PriorityQueue<Lane> waiting = new PriorityQueue<>(Comparator.comparing((Lane lane) -> lane.due));
    private final Map<Integer, TreeSet<Long>> open = new HashMap<>();
    private final Set<String> ids = new HashSet<>();
    private long keptBytes;
    private boolean stopped;

    /** What a try came to. */
    sealed interface Result {
    }

    /** The delivery is over, and the log says so. */
    record Over(boolean answers) implements Result {
    }

    /**
     * To be tried again.
     *
     * @param answers whether the subscriber works, whatever it thinks of this one
     */
    record Again(Delivery.Progress progress, boolean answers) implements Result {
    }

    /** The service stops; nothing is said. */
    record Unsettled() implements Result {
    }

    private static final class Lane {

        private final String key;
        private final Outlet outlet;
        private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();
        private Instant due;
        private boolean running;

        Lane(String key, Outlet outlet) {
            this.key = key;
            this.outlet = outlet;
        }
    }

    private static final class Outlet {

        private final String subscription;
        private final ArrayDeque<Lane> ready = new ArrayDeque<>();
        private final Set<Lane> lanes = new LinkedHashSet<>();
        private int running;
        private int pending;
        private boolean failing;

        Outlet(String subscription) {
            this.subscription = subscription;
        }
    }

    DeliveryLanes(DeliverySettings settings, Clock clock, Executor threads, Function<Delivery, Result> attempt) {
        this.settings = settings;
        this.clock = clock;
        this.threads = threads;
        this.attempt = attempt;
    }

    /** Takes a delivery in, behind what its lane holds; does nothing with one that is there already. */
    synchronized void add(Delivery delivery, Event<DeliveryRequested> request) {
        if (!ids.add(delivery.id())) {
            return;
        }
        open.computeIfAbsent(delivery.partition(), partition -> new TreeSet<>()).add(delivery.offset());
        Outlet outlet = outlets.computeIfAbsent(request.data().subscription(), Outlet::new);
        String key = outlet.subscription + "/" + (request.data().database() == null ? "" : request.data().database());
        keepIfThereIsRoom(delivery, request, outlet);
        outlet.pending++;
        append(key, outlet, delivery);
        serve(outlet);
    }

    /** Lets those go whose time has come. */
    synchronized void tick() {
        Instant now = clock.instant();
        Set<Outlet> served = new LinkedHashSet<>();
        while (!waiting.isEmpty() && !waiting.peek().due.isAfter(now)) {
            Lane lane = waiting.poll();
            lane.outlet.ready.add(lane);
            served.add(lane.outlet);
        }
        served.forEach(this::serve);
    }

    /** Nothing is begun any more; what is held stays open, so that no position passes it. */
    synchronized void stop() {
        stopped = true;
    }

    /** Drops what lies in these partitions: another instance has them, or the same one reads them again. */
    synchronized void forget(Set<Integer> partitions) {
        partitions.forEach(open::remove);
        for (Lane lane : new ArrayList<>(lanes.values())) {
            List<Delivery> gone = lane.deliveries.stream().filter(it -> partitions.contains(it.partition())).toList();
            if (!gone.isEmpty()) {
                lane.deliveries.removeAll(Set.copyOf(gone));
                gone.forEach(it -> drop(lane.outlet, it));
                waiting.remove(lane);
                lane.outlet.ready.remove(lane);
                if (!lane.running) {
                    queue(lane);
                }
            }
        }
    }

    /** Where the oldest delivery lies that isn't over. */
    synchronized OptionalLong oldestOpen(int partition) {
        TreeSet<Long> offsets = open.get(partition);
        return offsets == null || offsets.isEmpty() ? OptionalLong.empty() : OptionalLong.of(offsets.first());
    }

    synchronized int pending(String subscription) {
        Outlet outlet = outlets.get(subscription);
        return outlet == null ? 0 : outlet.pending;
    }

    /** When the delivery was queued that has waited longest for this subscriber. */
    synchronized Optional<Instant> oldest(String subscription) {
        Outlet outlet = outlets.get(subscription);
        return outlet == null ? Optional.empty() : outlet.lanes.stream().map(lane -> lane.deliveries.peekFirst())
                .filter(java.util.Objects::nonNull).map(Delivery::queued).min(Comparator.naturalOrder());
    }

    /** Bytes of requests that are kept in memory. */
    synchronized long keptBytes() {
        return keptBytes;
    }

    /** What is about to be told is kept in any case, there being few of those. */
    private void keepIfThereIsRoom(Delivery delivery, Event<DeliveryRequested> request, Outlet outlet) {
        boolean soon = outlet.ready.isEmpty() && outlet.running < allowed(outlet);
        if (soon || keptBytes + request.data().body().length() <= settings.keptBytes()) {
            delivery.keep(request);
            keptBytes += request.data().body().length();
        }
    }

    private void release(Delivery delivery) {
        delivery.kept().ifPresent(request -> keptBytes -= request.data().body().length());
        delivery.keep(null);
    }

    private void append(String key, Outlet outlet, Delivery delivery) {
        Lane lane = lanes.computeIfAbsent(key, absent -> new Lane(absent, outlet));
        outlet.lanes.add(lane);
        lane.deliveries.add(delivery);
        if (lane.deliveries.size() == 1 && !lane.running) {
            queue(lane);
        }
    }

    /** Puts a lane that doesn't run where it belongs by its first delivery. */
    private void queue(Lane lane) {
        Delivery first = lane.deliveries.peekFirst();
        if (first == null) {
            lanes.remove(lane.key);
            lane.outlet.lanes.remove(lane);
        } else if (first.progress().due().isAfter(clock.instant())) {
            lane.due = first.progress().due();
            waiting.add(lane);
        } else {
            lane.outlet.ready.add(lane);
        }
    }

    private int allowed(Outlet outlet) {
        return outlet.failing ? 1 : settings.perSubscription();
    }

    private void serve(Outlet outlet) {
        while (!stopped && !outlet.ready.isEmpty() && outlet.running < allowed(outlet)) {
            Lane lane = outlet.ready.poll();
            outlet.running++;
            lane.running = true;
            Delivery delivery = lane.deliveries.peekFirst();
            threads.execute(() -> run(lane, delivery));
        }
    }

    private void run(Lane lane, Delivery delivery) {
        Result result;
        try {
            result = attempt.apply(delivery);
        } catch (RuntimeException e) {
            LOG.error("Trying a delivery to the subscription {} failed in a way that nobody foresaw; it is tried again",
                    lane.outlet.subscription, e);
            Delivery.Progress before = delivery.progress();
            result = new Again(new Delivery.Progress(before.tries(), clock.instant().plus(AFTER_A_BUG), before.status(),
                    before.reason()), true);
        }
        settle(lane, delivery, result);
    }

    private synchronized void settle(Lane lane, Delivery delivery, Result result) {
        Outlet outlet = lane.outlet;
        outlet.running--;
        lane.running = false;
        // It isn't the first any more where its partition was given away meanwhile.
        boolean held = lane.deliveries.peekFirst() == delivery;
        switch (result) {
            case Over over -> {
                outlet.failing = !over.answers();
                if (held) {
                    lane.deliveries.removeFirst();
                    close(outlet, delivery);
                }
            }
            case Again again -> {
                outlet.failing = !again.answers();
                delivery.progress(again.progress());
                if (held && keptBytes > settings.keptBytes()) {
                    release(delivery);
                }
                if (held && again.answers() && again.progress().tries() >= TRIES_IN_LANE && lane.deliveries.size() > 1) {
                    lane.deliveries.removeFirst();
                    append(lane.key + "/" + delivery.id(), outlet, delivery);
                }
            }
            case Unsettled ignored -> {
                return;
            }
        }
        queue(lane);
        serve(outlet);
        if (outlet.lanes.isEmpty() && outlet.running == 0) {
            outlets.remove(outlet.subscription);
        }
    }

    private void close(Outlet outlet, Delivery delivery) {
        TreeSet<Long> offsets = open.get(delivery.partition());
        if (offsets != null) {
            offsets.remove(delivery.offset());
        }
        drop(outlet, delivery);
    }

    private void drop(Outlet outlet, Delivery delivery) {
        ids.remove(delivery.id());
        outlet.pending--;
        release(delivery);
    }
}
