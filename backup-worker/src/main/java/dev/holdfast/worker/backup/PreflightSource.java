package dev.holdfast.worker.backup;

import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Password;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.program.ToolSet;
import dev.holdfast.postgres.source.Preflight;
import dev.holdfast.postgres.source.SourceDescription;
import dev.holdfast.postgres.source.SourceProbe;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.SecretReference;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Second step: the source can be dumped. Holds the source's advisory lock while open, so that two runs of one database
 * follow each other instead of dumping at once; correctness does not depend on it.
 */
final class PreflightSource implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PreflightSource.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final ConnectionSettings settings;
    private final SourceProbe probe;
    private final SourceDescription description;
    private final ToolSet tools;
    private final boolean mayReadPasswords;

    private PreflightSource(ConnectionSettings settings, SourceProbe probe, Preflight preflight,
            boolean mayReadPasswords) {
        this.settings = settings;
        this.probe = probe;
        this.description = preflight.source();
        this.tools = preflight.tools();
        this.mayReadPasswords = mayReadPasswords;
    }

    /** @throws dev.holdfast.failure.HoldfastException as {@link SourceProbe#connect} and {@link SourceProbe#preflight} */
    static PreflightSource open(Run run, Function<SecretReference, Password> secrets, PostgresTools tools,
            RunControl control, Heartbeat heartbeat) {
        ConnectionSettings settings = connection(run.policy(), secrets);
        SourceProbe probe = SourceProbe.connect(settings, run.applicationName());
        try {
            if (run.attempt() > 1) {
                int ended = probe.endOlderSessions(run.applicationNames(), run.applicationName());
                if (ended > 0) {
                    log.info("Ended {} sessions of older attempts at {}", ended, run.id());
                }
            }
            awaitTurn(probe, control, heartbeat);
            heartbeat.phase("preflight");
            return new PreflightSource(settings, probe, probe.preflight(tools), probe.mayReadRolePasswords());
        } catch (RuntimeException e) {
            probe.close();
            throw e;
        }
    }

    private static void awaitTurn(SourceProbe probe, RunControl control, Heartbeat heartbeat) {
        if (probe.tryLock()) {
            return;
        }
        heartbeat.phase("waiting");
        do {
            control.pause(BETWEEN_TRIES);
        } while (!probe.tryLock());
    }

    private static ConnectionSettings connection(HoldfastConfig.Database policy,
            Function<SecretReference, Password> secrets) {
        Optional<Password> password = policy.password().map(secrets);
        return new ConnectionSettings(policy.host(), policy.port(), policy.name(), policy.user(), password,
                policy.sslMode(), policy.sslRootCert(), policy.sslCert(), policy.sslKey());
    }

    ConnectionSettings settings() {
        return settings;
    }

    SourceDescription description() {
        return description;
    }

    ToolSet tools() {
        return tools;
    }

    boolean mayReadPasswords() {
        return mayReadPasswords;
    }

    @Override
    public void close() {
        probe.close();
    }
}
