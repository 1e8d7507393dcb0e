package dev.holdfast.worker.backup;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Password;
import dev.holdfast.postgres.source.BackupSessions;
import dev.holdfast.postgres.source.SessionName;
import dev.holdfast.postgres.source.SourceProbe;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.SecretReference;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session that stands for a run on its source: it has the run's place in line and the database's advisory lock while
 * it is open. Runs of one database follow each other, and no more than a few of one server go on at once. That spares the
 * source work; correctness does not depend on it.
 */
final class SourceTurn implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SourceTurn.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofMillis(100);
    private static final int TIMES_SOON = 100;
    private static final int TIMES_LEAVING = 20;

    private final Run run;
    private final RunControl control;
    private final ConnectionSettings settings;
    private final SourceProbe probe;
    private final BackupSessions sessions;
    private final Runnable abort;

    private SourceTurn(Run run, RunControl control, ConnectionSettings settings, SourceProbe probe) {
        this.run = run;
        this.control = control;
        this.settings = settings;
        this.probe = probe;
        this.abort = probe::abort;
        control.onCancel(abort);
        this.sessions = probe.backupSessions(run.sessions().drawing());
    }

    /** @throws HoldfastException as {@link SourceProbe#connect} */
    static SourceTurn connect(Run run, Function<SecretReference, Password> secrets, RunControl control) {
        HoldfastConfig.Database policy = run.policy();
        ConnectionSettings settings = new ConnectionSettings(policy.host(), policy.port(), policy.name(), policy.user(),
                policy.password().map(secrets), policy.sslMode(), policy.sslRootCert(), policy.sslCert(), policy.sslKey());
        SourceProbe probe = SourceProbe.connect(settings, run.sessions().drawing().toString());
        try {
            return new SourceTurn(run, control, settings, probe);
        } catch (RuntimeException e) {
            probe.close();
            throw e;
        }
    }

    /**
     * Ends what older attempts left and takes this run's turn. A run that nobody would dispatch again waits for the lock
     * of its database, and for nothing else.
     */
    Turn take(int runsPerCluster, Heartbeat heartbeat) {
        endOlderAttempts();
        sessions.drawTicket();
        Turn turn = look(runsPerCluster, heartbeat);
        // A run that has just ended is seen until the server has noticed; it shall not send the next one away for a minute.
        for (int times = 0; turn instanceof Turn.NotNow && times < TIMES_LEAVING; times++) {
            control.pause(SOON);
            turn = look(runsPerCluster, heartbeat);
        }
        return turn;
    }

    private Turn look(int runsPerCluster, Heartbeat heartbeat) {
        List<BackupSessions.Session> others = everybodyInLine();
        if (sessions.isDuplicate(others)) {
            return new Turn.Duplicate("another claim of this run, of attempt " + run.attempt() + " or later, is at work on the source");
        }
        if (!run.supervised()) {
            awaitLock(heartbeat);
            return new Turn.Taken();
        }
        int ahead = sessions.ahead(others);
        if (ahead >= runsPerCluster) {
            return new Turn.NotNow("worker.runs-per-cluster: " + ahead + " other backups of server " + settings.host() + ":"
                    + settings.port() + " were there before");
        }
        return probe.tryLock() ? new Turn.Taken()
                : new Turn.NotNow("database busy: another backup of it holds the source's advisory lock");
    }

    private void endOlderAttempts() {
        List<BackupSessions.Session> older = run.attempt() == 1 ? List.of() : sessions.older();
        for (int times = 0; !older.isEmpty() && times < TIMES_SOON; times++) {
            if (times == 0) {
                log.info("Ending {} sessions that older attempts at {} left", older.size(), run.id());
                older.forEach(sessions::end);
            }
            control.pause(SOON);
            older = sessions.older();
        }
    }

    /** Somebody who draws a ticket now may get one before ours. Who takes too long for that is dead or stopped. */
    private List<BackupSessions.Session> everybodyInLine() {
        List<BackupSessions.Session> others = sessions.others();
        for (int times = 0; sessions.isSomebodyDrawing(others) && times < TIMES_SOON; times++) {
            control.pause(SOON);
            others = sessions.others();
        }
        return others;
    }

    private void awaitLock(Heartbeat heartbeat) {
        if (probe.tryLock()) {
            return;
        }
        heartbeat.phase("waiting");
        do {
            control.pause(BETWEEN_TRIES);
        } while (!probe.tryLock());
        heartbeat.phase("preflight");
    }

    /** Nothing is asked any more until the dump has ended; a cancellation leaves the session to end what is left. */
    void rest() {
        control.noLonger(abort);
    }

    ConnectionSettings settings() {
        return settings;
    }

    SourceProbe probe() {
        return probe;
    }

    /** A killed program's session lives on in the server while it waits for a lock, so it is ended from here. */
    @Override
    public void close() {
        control.noLonger(abort);
        try {
            if (control.isCancelled()) {
                sessions.programs().forEach(sessions::end);
            }
        } catch (HoldfastException e) {
            log.info("What {} left on the source was not looked for: {}", run.id(), e.getMessage());
        } finally {
            probe.close();
        }
    }
}
