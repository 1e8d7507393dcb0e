package dev.holdfast.worker.backup;

import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.events.RunReleased;
import dev.holdfast.failure.HoldfastException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The claims that this worker holds, for what the log says of them. A claim whose job is never started is forgotten with it. */
final class LiveRuns {

    private final Set<LiveRun> live = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    /** What was told, perhaps, and not begun: the broker confirmed one of the two too late or not at all. */
    private final Map<Asked, LiveRun> notBegun = new ConcurrentHashMap<>();

    private record Asked(String source, String id, int attempt) {

        static Asked of(Run run) {
            return new Asked(run.request().source(), run.request().id(), run.attempt());
        }
    }

    /** Identity is what tells two claims of one attempt apart. */
    static final class LiveRun {

        private final Run run;
        private final RunControl control;
        private final Event<?> started;
        private final AtomicBoolean begun = new AtomicBoolean();

        private LiveRun(Run run, RunControl control, Event<?> started) {
            this.run = run;
            this.control = control;
            this.started = started;
        }

        /** What tells of the claim, the same however often it is told. */
        Event<?> started() {
            return started;
        }

        Run run() {
            return run;
        }

        RunControl control() {
            return control;
        }
    }

    /**
     * The claim of the run; the earlier one where this very request was claimed and its job never began. So a claim that the
     * broker has tried again is one start with one nonce, and nobody waits for a second.
     */
    LiveRun claim(Run run, Supplier<RunControl> control, Function<Run, Event<?>> started) {
        LiveRun claim = notBegun.computeIfAbsent(Asked.of(run), asked -> new LiveRun(run, control.get(), started.apply(run)));
        live.add(claim);
        return claim;
    }

    /** Whether the job is the first of its claim. */
    boolean begin(LiveRun claim) {
        notBegun.remove(Asked.of(claim.run), claim);
        return claim.begun.compareAndSet(false, true);
    }

    /** The run needs no job any more. */
    void forget(Run run) {
        notBegun.remove(Asked.of(run));
    }

    void remove(LiveRun ended) {
        live.remove(ended);
    }

    void heard(Event<? extends Payload> event) {
        switch (event.data()) {
            case BackupStarted e -> forget(e.database(), e.backupId(), run -> run.attempt() < e.attempt());
            case RunReleased e -> forget(e.database(), e.runId(), run -> isOf(run, e.attempt(), e.nonce()));
            case RunDeferred e -> forget(e.database(), e.runId(), run -> isOf(run, e.attempt(), e.nonce()));
            case RunCancelled e -> forget(e.database(), e.runId(), run -> isOf(run, e.attempt(), e.nonce()));
            default -> { }
        }
        if (event.data() instanceof BackupStarted started) {
            of(started.database(), started.backupId()).stream().filter(claim -> claim.run.attempt() < started.attempt())
                    .forEach(claim -> claim.control.supersede(started.attempt()));
        } else if (event.data() instanceof RunCancelling wanted && wanted.activity().equals("backup")) {
            of(wanted.database(), wanted.runId()).forEach(claim -> claim.control.cancel(wanted));
        }
    }

    void cancelAll(HoldfastException why) {
        all().forEach(claim -> claim.control.cancel(why));
    }

    /** Whoever gave a claim back has it claimed anew, under another nonce. */
    private void forget(String alias, String backupId, Predicate<Run> which) {
        notBegun.values().removeIf(claim -> claim.run.alias().equals(alias) && claim.run.id().toString().equals(backupId)
                && which.test(claim.run));
    }

    private static boolean isOf(Run run, int attempt, String nonce) {
        return nonce == null ? run.attempt() <= attempt : run.folder().nonce().equals(nonce);
    }

    private List<LiveRun> of(String alias, String backupId) {
        return all().stream().filter(claim -> claim.run.alias().equals(alias) && claim.run.id().toString().equals(backupId)).toList();
    }

    private List<LiveRun> all() {
        synchronized (live) {
            return new ArrayList<>(live);
        }
    }
}
