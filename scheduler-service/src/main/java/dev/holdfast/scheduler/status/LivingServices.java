package dev.holdfast.scheduler.status;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.messaging.ServiceBeats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who was heard of on the pulse, and when. An instance has a name of its own, so of those that are gone only the latest are kept. */
public final class LivingServices {

    /** Silent for longer is not alive: six beats. */
    static final Duration ALIVE = ServiceBeats.EVERY.multipliedBy(6);

    /** Silent for longer is a restart or a host that is no more, and is not shown. */
    private static final Duration REMEMBERED = Duration.ofMinutes(10);
    private static final int MOST = 10_000;

    private final Instant listening;
    private final Map<String, Beat> byInstance = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Beat> eldest) {
            return size() > MOST;
        }
    };

    private record Beat(ServiceAlive said, Instant at) {
    }

    /** @param listening since when every beat was heard */
    public LivingServices(Instant listening) {
        this.listening = listening;
    }

    /** Folds one beat in; others change nothing. @param appended when the broker had it */
    public synchronized void apply(Event<? extends Payload> event, Instant appended) {
        if (event.data() instanceof ServiceAlive alive) {
            byInstance.put(alive.instance(), new Beat(alive, appended));
        }
    }

    /** Each that is expected, and others that were heard of; worst first. */
    synchronized List<Status.ServiceState> states(Instant now, Set<ServiceRole> expected) {
        List<Status.ServiceState> states = new ArrayList<>();
        for (ServiceRole role : ServiceRole.values()) {
            Status.ServiceState state = state(role, expected.contains(role), now);
            if (expected.contains(role) || !state.instances().isEmpty()) {
                states.add(state);
            }
        }
        states.sort(Comparator.comparing(Status.ServiceState::standing));
        return states;
    }

    private Status.ServiceState state(ServiceRole role, boolean expected, Instant now) {
        List<Status.InstanceState> instances = byInstance.values().stream()
                .filter(beat -> beat.said().service().equals(role.service()) && beat.at().plus(REMEMBERED).isAfter(now))
                .map(beat -> instance(beat, now))
                .sorted(Comparator.comparing(Status.InstanceState::alive).thenComparing(Status.InstanceState::instance)).toList();
        boolean alive = instances.stream().anyMatch(Status.InstanceState::alive);
        return new Status.ServiceState(role.service(), alive || !expected ? Standing.safe : missing(role, now), alive, instances);
    }

    /** Without these three no backup is asked for, made or proven; without the others nothing gets lost at once. */
    private Standing missing(ServiceRole role, Instant now) {
        boolean early = listening.plus(ALIVE).isAfter(now);
        return switch (role) {
            case SCHEDULER, BACKUP, VERIFIER -> early ? Standing.attention : Standing.unsafe;
            case RETENTION, NOTIFIER -> Standing.attention;
        };
    }

    private static Status.InstanceState instance(Beat beat, Instant now) {
        ServiceAlive said = beat.said();
        return new Status.InstanceState(said.instance(), said.version(), said.startedAt(), beat.at(),
                beat.at().plus(ALIVE).isAfter(now), said.lag(), said.slots(), said.running());
    }
}
