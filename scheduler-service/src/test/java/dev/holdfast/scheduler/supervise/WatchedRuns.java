package dev.holdfast.scheduler.supervise;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.scheduler.TestDatabases;
import dev.holdfast.scheduler.accept.AcceptRequests;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
import dev.holdfast.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A broker that is a list: what is published is appended at the simulated time, accepted where it is a request, and folded
 * into the supervisor's view. A beat of some service comes every five simulated seconds, unless the broker is away.
 */
final class WatchedRuns implements EventPublisher {

    static final Instant START = Instant.parse("2026-02-03T02:00:00Z");
    static final HoldfastConfig.Database SHOP = TestDatabases.scheduled("shop", "0 2 * * *", "UTC");

    final List<Event<? extends Payload>> log = new ArrayList<>();
    final List<Event<? extends Payload>> requests = new ArrayList<>();
    /** What the share group has passed. */
    long firstOpen;
    private final SettableClock broker = SettableClock.at(START.toString());
    private final ServiceIdentity identity = new ServiceIdentity("scheduler-service", "scheduler-1", broker);
    private final AcceptRequests accept = new AcceptRequests(Map.of("shop", SHOP), this, identity);
    private SupervisedRuns view = new SupervisedRuns();
    private SuperviseRuns supervisor = supervisor();

    private SuperviseRuns supervisor() {
        return new SuperviseRuns(view, new Supervision(Map.of("shop", SHOP), Duration.ofSeconds(60)), database -> true,
                activity -> firstOpen, this, identity);
    }

    /** The process ends and another one reads the log from its start. */
    void restart() {
        view = new SupervisedRuns();
        supervisor = supervisor();
        List.copyOf(log).forEach(event -> view.apply(event, event.time()));
    }

    @Override
    public void publish(String topic, Event<?> event) {
        if (topic.equals(Topics.EVENTS)) {
            log.add(event);
            view.apply(event, broker.instant());
        } else {
            requests.add(event);
            accept.handle(event, new LogPosition(topic, 0, requests.size() - 1, broker.instant(), event.key()));
        }
    }

    @Override
    public void publishUnconfirmed(String topic, Event<?> event) {
        heard(0, event);
    }

    /** A record of the pulse, in a partition of it. */
    void heard(int partition, Event<?> event) {
        view.beat(event, new LogPosition(Topics.PROGRESS, partition, 0, event.time(), null));
    }

    /** What a worker says in its beat at some moment. */
    Event<?> beatAt(Instant moment, String backupId, int attempt, String nonce) {
        return new Event<>("beat", "/holdfast/backup-worker", backupId, moment, "request-1", "worker",
                new RunProgressed("shop", backupId, "backup", attempt, "dump", 1, null, 1, nonce, null));
    }

    void round() {
        supervisor.round();
    }

    /** Appends what a worker or a person says. */
    void say(Payload data) {
        publish(Topics.EVENTS, identity.event("a-backup", "request-1", data));
    }

    /** Appends what a verifier says of a request. */
    void say(String requestId, Payload data) {
        publish(Topics.EVENTS, identity.event("a-backup", requestId, data));
    }

    void prove(String requestId, Payload data) {
        publish(Topics.VERIFICATION_REQUESTS, new Event<>(requestId, "/people/ana", null, START, requestId, null, data));
    }

    void ask(Payload data) {
        publish(Topics.BACKUP_REQUESTS, new Event<>("request-1", "/people/ana", null, START, "request-1", null, data));
    }

    void beat(String backupId, int attempt, String nonce) {
        publishUnconfirmed(Topics.PROGRESS, identity.event(backupId, "request-1",
                new RunProgressed("shop", backupId, "backup", attempt, "dump", 1, null, 1, nonce, null)));
    }

    /** Lets time pass while services beat and the supervisor makes its rounds. */
    void pass(Duration time, Runnable... eachFiveSeconds) {
        for (long second = 5; second <= time.toSeconds(); second += 5) {
            jump(Duration.ofSeconds(5));
            for (Runnable action : eachFiveSeconds) {
                action.run();
            }
            supervisor.round();
        }
    }

    /** The broker's clock moves, or nobody can say anything meanwhile; then a service beats. */
    void jump(Duration time) {
        broker.set(broker.instant().plus(time));
        publishUnconfirmed(Topics.PROGRESS, identity.event(null, null,
                new ServiceAlive(null, "retention-service", "r-1", "0.1.0", START, null, null, 0L, broker.instant())));
    }

    Instant now() {
        return broker.instant();
    }

    /** Payloads of one kind on the log. */
    <P extends Payload> List<P> said(Class<P> type) {
        return log.stream().map(Event::data).filter(type::isInstance).map(type::cast).toList();
    }

    List<Integer> attempts() {
        return requests.stream().map(event -> switch (event.data()) {
            case BackupRequested it -> it.attempt() == null ? Integer.valueOf(1) : it.attempt();
            case VerificationRequested it -> it.attempt();
            default -> throw new IllegalStateException("no request: " + event.type());
        }).toList();
    }

    BackupRequested lastRequest() {
        return (BackupRequested) requests.getLast().data();
    }

    int open() {
        return view.size();
    }
}
