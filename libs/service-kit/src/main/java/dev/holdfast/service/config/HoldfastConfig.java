package dev.holdfast.service.config;

import dev.holdfast.service.schedule.Blackout;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The checked content of {@code holdfast.yml}: every value typed, every default filled in, secrets still references. */
public record HoldfastConfig(Kafka kafka, Map<String, Repository> repositories, Map<String, Database> databases,
        Map<String, Subscription> subscriptions, Worker worker, Verifier verifier, Retention retention,
        Scheduler scheduler, Keys keys, Path secretsFolder, boolean evaluation, Heartbeat heartbeat) {

    /** Without a heartbeat to the outside. */
    public HoldfastConfig(Kafka kafka, Map<String, Repository> repositories, Map<String, Database> databases,
            Map<String, Subscription> subscriptions, Worker worker, Verifier verifier, Retention retention,
            Scheduler scheduler, Keys keys, Path secretsFolder, boolean evaluation) {
        this(kafka, repositories, databases, subscriptions, worker, verifier, retention, scheduler, keys, secretsFolder, evaluation,
                Heartbeat.NONE);
    }

    /** With the usual folder for secrets given by name. */
    public HoldfastConfig(Kafka kafka, Map<String, Repository> repositories, Map<String, Database> databases,
            Map<String, Subscription> subscriptions, Worker worker, Verifier verifier, Retention retention,
            Scheduler scheduler, Keys keys, boolean evaluation) {
        this(kafka, repositories, databases, subscriptions, worker, verifier, retention, scheduler, keys,
                Path.of("/run/secrets"), evaluation);
    }

    /** The level below which a proof is none: the database's {@code verify.level}, or equal where it is not configured. */
    public String proofLevel(String alias) {
        Database database = databases.get(alias);
        return database == null ? "equal" : database.verify().level();
    }

    /** {@code properties} go to every Kafka client (TLS, SASL); values may be secret references. */
    public record Kafka(String bootstrapServers, int replicationFactor, int minInSyncReplicas,
            Map<String, String> properties) {
    }

    /** A place that holds copies. {@code type} is file or s3; the fields of the other type are empty. */
    public record Repository(String name, String type, Optional<Path> path, Optional<S3> s3, long partBytes) {
    }

    /** {@code checksums} is when-supported or when-required. */
    public record S3(String bucket, String prefix, String region, Optional<URI> endpoint, boolean pathStyle,
            Optional<Path> caCertificate, String checksums, Optional<SecretReference> accessKey,
            Optional<SecretReference> secretKey) {
    }

    public record Database(String alias, String host, int port, String name, String user,
            Optional<SecretReference> password, String sslMode, Optional<Path> sslRootCert, Optional<Path> sslCert,
            Optional<Path> sslKey, Optional<String> cron, ZoneId zone, List<String> repositories,
            Encryption encryption, Keep keep, Verify verify, Duration lockWaitTimeout, Duration deadline,
            Politeness politeness, Supervision supervision, Objectives objectives) {

        /** With the defaults of politeness, supervision and objectives. */
        public Database(String alias, String host, int port, String name, String user, Optional<SecretReference> password,
                String sslMode, Optional<Path> sslRootCert, Optional<Path> sslCert, Optional<Path> sslKey,
                Optional<String> cron, ZoneId zone, List<String> repositories, Encryption encryption, Keep keep,
                Verify verify, Duration lockWaitTimeout, Duration deadline) {
            this(alias, host, port, name, user, password, sslMode, sslRootCert, sslCert, sslKey, cron, zone, repositories,
                    encryption, keep, verify, lockWaitTimeout, deadline, Politeness.DEFAULT, Supervision.DEFAULT,
                    Objectives.DEFAULT);
        }
    }

    /**
     * What a source is spared. {@code jitter} spreads scheduled starts, {@code maxDumpAge} ends a dump whose snapshot gets
     * older, scheduled runs do not start inside {@code blackouts} (in the database's zone).
     */
    public record Politeness(Duration jitter, Optional<Duration> maxDumpAge, List<Blackout> blackouts) {

        public static final Politeness DEFAULT = new Politeness(Duration.ZERO, Optional.empty(), List.of());
    }

    /**
     * How a run is watched: {@code attempts} tries that may fail or go silent, {@code catchUp} is latest or none (fire times
     * that passed while nobody watched), {@code grace} until a run that did not start is missed.
     */
    public record Supervision(int attempts, String catchUp, Duration grace) {

        public static final Supervision DEFAULT = new Supervision(3, "latest", Duration.ofMinutes(15));
    }

    /**
     * What is promised. {@code rpo} is the greatest age of the newest verified backup, empty where it follows from the
     * schedule (its longest gap and two hours more); {@code rto} the longest restore; {@code proofWithin} the time from a
     * backup to its proof.
     */
    public record Objectives(Optional<Duration> rpo, Optional<Duration> rto, Duration proofWithin) {

        public static final Objectives DEFAULT = new Objectives(Optional.empty(), Optional.empty(), Duration.ofHours(24));
    }

    /** {@code recipients} are files of OpenPGP public keys; empty only where {@code none} was written out. */
    public record Encryption(boolean none, List<Path> recipients) {
    }

    /** Keep rules, each optional; without any everything is kept. {@code keepVerified} are never pruned. */
    public record Keep(Optional<Duration> age, Optional<Integer> last, Optional<Integer> daily,
            Optional<Integer> weekly, Optional<Integer> monthly, Optional<Integer> yearly, int keepVerified) {
    }

    /** {@code every} is every, daily, weekly or never; {@code level} is checksum, archive, restore or equal. */
    public record Verify(String every, String level, List<Assertion> assertions, Reverify reverify) {

        /** With the defaults of reverify. */
        public Verify(String every, String level, List<Assertion> assertions) {
            this(every, level, assertions, Reverify.DEFAULT);
        }
    }

    /** Proofs age: {@code each} kept backup and the {@code newest} one are proven again after so long; empty is never. */
    public record Reverify(Optional<Duration> each, Optional<Duration> newest) {

        public static final Reverify DEFAULT = new Reverify(Optional.of(Duration.ofDays(30)), Optional.of(Duration.ofDays(7)));
    }

    /** A query that must return one row with one column, true. */
    public record Assertion(String name, String sql) {
    }

    /**
     * {@code events} are patterns over the type without its prefix and version, such as {@code backup.*}. Either
     * {@code url} or {@code secretUrl} is there. {@code format} is cloudevents or slack; only slack may have no
     * {@code secret}. {@code previousSecret} signs too while subscribers change over.
     */
    public record Subscription(String name, Optional<URI> url, Optional<SecretReference> secretUrl, String format,
            Optional<SecretReference> secret, Optional<SecretReference> previousSecret, List<String> events,
            Duration timeout, boolean allowPrivate) {
    }

    /** {@code runsPerCluster} dumps run at once on one server, whoever runs them. */
    public record Worker(int slots, Duration heartbeat, List<Path> toolFolders, int runsPerCluster) {

        /** With the default of runs per cluster. */
        public Worker(int slots, Duration heartbeat, List<Path> toolFolders) {
            this(slots, heartbeat, toolFolders, 2);
        }
    }

    public record Verifier(int slots, Path scratch, Optional<String> scratchUser, Duration sweepEvery,
            List<Path> toolFolders) {
    }

    public record Retention(Duration every, boolean enabled) {
    }

    /**
     * {@code lease} is how long a run may be silent; {@code remindEvery} the time between two reminders of an alert; where
     * there are {@code tokens}, the API asks for one.
     */
    public record Scheduler(String bind, int port, Duration lease, Duration remindEvery, List<ApiToken> tokens) {

        /** Without tokens. */
        public Scheduler(String bind, int port, Duration lease, Duration remindEvery) {
            this(bind, port, lease, remindEvery, List.of());
        }

        /** With the defaults of lease and reminders, without tokens. */
        public Scheduler(String bind, int port) {
            this(bind, port, Duration.ofSeconds(60), Duration.ofHours(24));
        }
    }

    /**
     * Who may call the API. {@code sha256} is that of the token in 64 hexadecimal digits, from which nobody gets the token
     * back; {@code access} is full or read.
     */
    public record ApiToken(String name, String sha256, String access) {
    }

    /** A URL outside that is called each {@code every} while all is well; none where both {@code url} and {@code secretUrl} are empty. */
    public record Heartbeat(Optional<URI> url, Optional<SecretReference> secretUrl, Duration every) {

        public static final Heartbeat NONE = new Heartbeat(Optional.empty(), Optional.empty(), Duration.ofMinutes(1));

        /** Whether there is anybody to call. */
        public boolean isOn() {
            return url.isPresent() || secretUrl.isPresent();
        }
    }

    /** Files of OpenPGP secret keys and the passphrase they share; resolved by verifier and restore only. */
    public record Keys(List<Path> secretKeys, Optional<SecretReference> passphrase) {
    }
}
