package dev.holdfast.scheduler.status;

import dev.holdfast.service.pause.Pauses;
import java.time.Instant;
import java.util.List;

/**
 * Everything that one look tells. Databases, services and alerts come with what is not safe first. Ages and what is left are
 * seconds, as of {@code at}.
 *
 * @param verdict in one line
 * @param trouble what is not about one database: the broker, a repository, a service
 */
public record Status(Instant at, Standing standing, String verdict, List<Reason> trouble, List<DatabaseState> databases,
        List<ServiceState> services, List<StandingAlert> alerts, List<Pauses.Pause> pauses) {

    /**
     * A configured database.
     *
     * @param verified       the newest backup that is proven to the policy's level, null where there is none
     * @param rpoSeconds     the greatest age that is promised for it, null where nothing is
     * @param rpoLeftSeconds negative where that is passed; null where nothing is promised or verified
     * @param nextRun        null without a schedule and while it is paused
     * @param failed         the newest end without success, null where a success followed
     */
    public record DatabaseState(String database, Standing standing, List<Reason> reasons, VerifiedBackup verified,
            Long rpoSeconds, Long rpoLeftSeconds, Instant nextRun, List<ActiveRun> running, FailedRun failed,
            Pauses.Pause paused) {
    }

    /** The age is that of the data. */
    public record VerifiedBackup(String backupId, Instant snapshotTime, String level, long ageSeconds, List<String> repositories) {
    }

    /** A run that is not over; the fields of its progress are null where nobody told any. */
    public record ActiveRun(String id, String activity, String state, int attempt, String worker, Instant since, String phase,
            Integer percent, Long bytes, Long totalBytes, Double bytesPerSecond, String reason) {
    }

    /** A run that ended otherwise than it should have. */
    public record FailedRun(String id, String activity, String state, Instant at, String reason, String nextStep) {
    }

    /** A service that the configuration needs, or that was heard of, with the instances of late. */
    public record ServiceState(String service, Standing standing, boolean alive, List<InstanceState> instances) {
    }

    /** @param lag records that it has not read yet, null where it does not know */
    public record InstanceState(String instance, String version, Instant startedAt, Instant lastBeat, boolean alive, Long lag,
            Integer slots, Integer running) {
    }

    /** An alert that was raised and not resolved. */
    public record StandingAlert(String database, String alert, String severity, String about, String reason, String nextStep,
            Instant since) {
    }
}
