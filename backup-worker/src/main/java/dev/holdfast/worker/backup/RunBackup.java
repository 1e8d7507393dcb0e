package dev.holdfast.worker.backup;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.Password;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.repository.BackupWriter;
import dev.holdfast.repository.write.CopySettings;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.SecretReference;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the backup that a request asks for, once, however often the request arrives. Needs no broker: what happens goes
 * to a {@link RunListener}. Thread-safe; each run takes the thread it is called on.
 */
public final class RunBackup {

    private static final Logger log = LoggerFactory.getLogger(RunBackup.class);
    /** Below the time after which the broker gives an unclaimed record to somebody else (30 s by default). */
    private static final Duration ASK_BEFORE_CLAIM = Duration.ofSeconds(5);

    private static final String STOPPED = "worker-stopped";

    private final HoldfastConfig config;
    private final Workplace workplace;
    private final LaterStart later = new LaterStart(() -> ThreadLocalRandom.current().nextDouble());
    private final ClaimRequest claims;
    private final BackupEvents events;
    private final LiveRuns live = new LiveRuns();
    private volatile boolean stopping;

    /**
     * @param secrets      resolves the passwords of source databases
     * @param repositories the worker's view of each configured repository, by name
     * @param tools        asked at each run, so that tools installed meanwhile are found
     * @param identity     who the events say they are from
     */
    public RunBackup(HoldfastConfig config, Function<SecretReference, Password> secrets,
            Function<String, BackupWriter> repositories, Supplier<PostgresTools> tools, ServiceIdentity identity,
            Clock clock, CopySettings copySettings) {
        this.config = config;
        this.workplace = new Workplace(secrets, tools, clock, copySettings, config.worker().runsPerCluster());
        this.claims = new ClaimRequest(config, repositories, clock);
        this.events = new BackupEvents(identity);
    }

    /**
     * Claims and runs at once, on this thread. The listener has heard how it ended when it returns, unless a higher attempt
     * made that nobody's business.
     */
    public void run(Event<BackupRequested> request, RunListener listener) {
        claim(request, listener).run();
    }

    /**
     * Claims a request: the listener has heard {@code started} when this returns, or already the end, where the request
     * can't be carried out or its backup exists. Until one of its jobs has begun, the same request is the same claim.
     *
     * @return what is left to do, nothing in the latter cases
     * @throws HoldfastException where the listener could not be told, or code {@code worker-stopped}
     */
    public Runnable claim(Event<BackupRequested> request, RunListener listener) {
        if (stopping) {
            throw stopped();
        }
        Run run;
        try {
            run = claims.claim(request, listener.supervised());
            Optional<ExistingBackup> existing = existing(run, ASK_BEFORE_CLAIM);
            if (existing.isPresent()) {
                live.forget(run);
                listener.happened(events.completed(run, existing.get()));
                return () -> { };
            }
            run.requireTimeLeft();
        } catch (HoldfastException e) {
            log.warn("Request {} of {} was not claimed: {}: {} {}", request.id(), request.source(), e.code(), e.getMessage(),
                    e.nextStep());
            listener.happened(events.refused(request, config.databases().containsKey(request.data().database()), e));
            return () -> { };
        }
        // Known before it is told, so that no cancellation which follows it in the log can be missed.
        LiveRuns.LiveRun claim = live.claim(run, () -> new RunControl(run.deadline(), workplace.clock()), events::started);
        listener.happened(claim.started());
        return () -> {
            if (live.begin(claim)) {
                execute(claim, listener);
            }
        };
    }

    /** What the log says: a higher attempt that started ends a run silently, {@code run.cancelling} within seconds. */
    public void heard(Event<? extends Payload> event) {
        live.heard(event);
    }

    /**
     * Ends every run and claims nothing more. A run that somebody dispatches again is {@code released}, any other one
     * failed with code {@code worker-stopped} (retriable).
     */
    public void stop() {
        stopping = true;
        live.cancelAll(stopped());
    }

    private void execute(LiveRuns.LiveRun claim, RunListener listener) {
        Run run = claim.run();
        RunControl control = claim.control();
        control.begin();
        try (Heartbeat heartbeat = new Heartbeat(run, listener, control, config.worker().heartbeat())) {
            if (stopping) {
                control.cancel(stopped());
            }
            Event<?> outcome = attempt(run, control, heartbeat);
            control.end();
            if (control.isSuperseded() && !(outcome.data() instanceof BackupCompleted)) {
                log.info("Backup {} of {}: attempt {} ends without a word, a later one has started", run.id(), run.alias(),
                        run.attempt());
            } else {
                listener.ended(outcome, control::isSuperseded);
            }
        } finally {
            control.end();
            live.remove(claim);
        }
    }

    private Event<?> attempt(Run run, RunControl control, Heartbeat heartbeat) {
        try {
            return new BackupAttempt(run, control, heartbeat, workplace, later, events).make();
        } catch (RuntimeException | Error e) {
            control.end();
            Throwable reason = e instanceof RuntimeException thrown ? control.reasonOr(thrown) : e;
            HoldfastException failure = reason instanceof HoldfastException known ? known : unexpected(reason);
            log.warn("Backup {} of {} ended in phase {}: {}: {} {}", run.id(), run.alias(), heartbeat.phase(), failure.code(),
                    failure.getMessage(), failure.nextStep(), failure.kind() == FailureKind.BUG ? failure : null);
            return outcome(run, control, heartbeat.phase(), failure);
        }
    }

    private Event<?> outcome(Run run, RunControl control, String phase, HoldfastException failure) {
        if (control.cancellation().isPresent()) {
            return events.cancelled(run, control.cancellation().get());
        }
        if (run.supervised() && failure.code().equals(STOPPED)) {
            return events.released(run, failure.getMessage());
        }
        return later.afterFailure(run, failure, workplace.clock().instant())
                .<Event<?>>map(next -> events.deferred(run, failure.code() + ": " + failure.getMessage(), next, run.failures() + 1))
                .orElseGet(() -> events.failed(run, phase, failure));
    }

    static Optional<ExistingBackup> existing(Run run, Duration within) {
        return ExistingBackup.find(run.alias(), run.id(), run.request(), run.writers(), within);
    }

    private static HoldfastException stopped() {
        return new HoldfastException(FailureKind.RETRIABLE, STOPPED, "Backing up: the worker is shutting down",
                "Request the backup again.");
    }

    /** The message of an exception nobody expected may hold anything, so only its type is told. */
    private static HoldfastException unexpected(Throwable e) {
        if (e instanceof OutOfMemoryError) {
            return new HoldfastException(FailureKind.RETRIABLE, "out-of-memory",
                    "Backing up needed more memory than this process may take",
                    "Give the worker more memory (-Xmx), or fewer slots as worker.slots.", e);
        }
        return new HoldfastException(FailureKind.BUG, "internal-error",
                "Backing up failed in a way that was not foreseen: " + e.getClass().getName(),
                "Report it, with the worker's log of that time.", e);
    }
}
