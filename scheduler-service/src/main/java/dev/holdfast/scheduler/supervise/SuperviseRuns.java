package dev.holdfast.scheduler.supervise;

import dev.holdfast.events.AcceptedRequest;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the next step of each run that this instance acts for, about once a second. What it appends comes back by the log,
 * which alone changes a run's state; ids of events are functions of what they say, so a step that is taken twice says the
 * same thing twice.
 */
public final class SuperviseRuns {

    private static final Logger LOG = LoggerFactory.getLogger(SuperviseRuns.class);

    /** An event that was appended and is not back yet is not appended again for so long, in milliseconds of the lease clock. */
    private static final long ECHO = 20_000;

    private final SupervisedRuns runs;
    private final Supervision rules;
    private final Predicate<String> owned;
    private final ToLongFunction<String> firstOpen;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;
    private final Map<String, Long> said = new HashMap<>();

    /**
     * @param owned     whether this instance acts for a database
     * @param firstOpen of an activity's queue: every request before it was taken
     */
    SuperviseRuns(SupervisedRuns runs, Supervision rules, Predicate<String> owned,
            ToLongFunction<String> firstOpen, EventPublisher publisher, ServiceIdentity identity) {
        this.runs = runs;
        this.rules = rules;
        this.owned = owned;
        this.firstOpen = firstOpen;
        this.publisher = publisher;
        this.identity = identity;
    }

    /** An event to append, and what follows once the broker has it. */
    private record Due(String topic, Event<? extends Payload> event, Runnable then) {
    }

    /**
     * One round. Publishing happens outside the view's lock.
     *
     * @throws HoldfastException code {@code broker-unreachable}; what was not said is due again in the next round
     */
    void round() {
        Instant brokerTime = runs.clock().brokerTime();
        if (brokerTime == null) {
            return; // no pulse yet: nothing can be called silent or late
        }
        long now = runs.clock().elapsed();
        said.values().removeIf(when -> now - when > ECHO);
        Map<String, Long> firstOpen = positions(now);
        List<Due> due = new ArrayList<>();
        runs.each(run -> {
            if (owned.test(run.key().database())) {
                due(run, rules.next(run, now, brokerTime, firstOpen.getOrDefault(run.key().activity(), 0L)), now, due);
            }
        });
        for (Due item : due) {
            publisher.publish(item.topic(), item.event());
            item.then().run();
        }
    }

    /** Asked only where a request has lain so long that the answer matters. */
    private Map<String, Long> positions(long now) {
        Set<String> wanted = new TreeSet<>();
        runs.each(run -> {
            if (run.state() == SupervisedRun.State.QUEUED && now - run.since() >= Supervision.UNCLAIMED.toMillis()
                    && owned.test(run.key().database())) {
                wanted.add(run.key().activity());
            }
        });
        Map<String, Long> positions = new HashMap<>();
        wanted.forEach(activity -> positions.put(activity, firstOpen.applyAsLong(activity)));
        return positions;
    }

    private void due(SupervisedRun run, Step next, long now, List<Due> due) {
        RunKey key = run.key();
        switch (next) {
            case Step.Wait ignored -> { }
            case Step.Dispatch step -> due.add(dispatch(run, step, now));
            case Step.TakeBack step -> say("run.released", run, now, due, new RunReleased(key.database(), key.backupId(),
                    key.activity(), step.attempt(), "silent past its lease: " + step.worker(), null, repository(run), step.failures()));
            case Step.GiveUp step -> say("given-up", run, now, due, givenUp(run, step));
            case Step.Cancel step -> say("run.cancelled", run, now, due, new RunCancelled(key.database(), key.backupId(),
                    key.activity(), Math.max(1, run.attempt()), null, repository(run), step.wish().requester(), step.wish().reason()));
            case Step.CancelAgain step -> say("run.cancelling", run, now, due, new RunCancelling(key.database(), key.backupId(),
                    key.activity(), repository(run), step.wish().requester(), step.wish().reason()));
        }
    }

    private Due dispatch(SupervisedRun run, Step.Dispatch step, long now) {
        Event<? extends Payload> request = request(run, step.attempt(), step.failures());
        RunKey key = run.key();
        return new Due(request.type().topic(), request, () -> {
            LOG.info("{} {} of {} is dispatched again, attempt {}, {} failures so far", key.activity(), key.backupId(),
                    key.database(), step.attempt(), step.failures());
            runs.with(key, known -> known.dispatched(step.attempt(), step.failures(), now));
        });
    }

    private static Payload givenUp(SupervisedRun run, Step.GiveUp step) {
        RunKey key = run.key();
        return key.isBackup()
                ? new BackupFailed(key.database(), BackupId.parse(key.backupId()).kind(), key.backupId(), run.attempt(),
                        "supervision", "permanent", step.code(), step.reason(), step.nextStep())
                : new AlertRaised(key.database(), SupervisedRuns.VERIFICATION_IMPOSSIBLE, "warning", key.backupId(),
                        step.code() + ": " + step.reason(), "look at the verifier's log; the sweep asks for the proof again");
    }

    /** Once, until the log had time to tell it back. */
    private void say(String what, SupervisedRun run, long now, List<Due> due, Payload data) {
        RunKey key = run.key();
        String id = Event.idFrom("supervisor", what, key.activity(), key.database(), key.backupId(), key.repository(),
                run.request().map(AcceptedRequest::id).orElse(""), Integer.toString(run.attempt()), Integer.toString(run.failures()));
        if (!said.containsKey(id)) {
            due.add(new Due(Topics.EVENTS, identity.event(id, key.backupId(), run.correlationId(), data), () -> {
                LOG.info("{} {} of {}: {}", key.activity(), key.backupId(), key.database(), what);
                said.put(id, now);
            }));
        }
    }

    private static String repository(SupervisedRun run) {
        return run.key().repository().isEmpty() ? null : run.key().repository();
    }

    /** The run's own request for another attempt; who asked, the id and the deadline stay. */
    static Event<? extends Payload> request(SupervisedRun run, int attempt, int failures) {
        AcceptedRequest asked = run.request().orElseThrow();
        return request(run, attempt, failures, run.requester(), asked.reason(), asked.deadline());
    }

    static Event<? extends Payload> request(SupervisedRun run, int attempt, int failures, String requester, String reason,
            Instant deadline) {
        AcceptedRequest asked = run.request().orElseThrow();
        RunKey key = run.key();
        Payload data = key.isBackup()
                ? new BackupRequested(key.database(), BackupId.parse(key.backupId()).kind(), asked.repositories(), asked.fireTime(),
                        attempt, requester, reason, deadline, failures)
                : new VerificationRequested(key.database(), key.backupId(), asked.repository(), run.level(), requester,
                        reason, attempt, failures);
        return new Event<>(asked.id(), asked.source(), key.backupId(), asked.time(), run.correlationId(), null, data);
    }
}
