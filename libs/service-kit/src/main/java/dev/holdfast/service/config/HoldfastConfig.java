package dev.holdfast.service.config;

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
        Scheduler scheduler, Keys keys, Path secretsFolder, boolean evaluation) {

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
            Encryption encryption, Keep keep, Verify verify, Duration lockWaitTimeout, Duration deadline) {
    }

    /** {@code recipients} are files of OpenPGP public keys; empty only where {@code none} was written out. */
    public record Encryption(boolean none, List<Path> recipients) {
    }

    /** Keep rules, each optional; without any everything is kept. {@code keepVerified} are never pruned. */
    public record Keep(Optional<Duration> age, Optional<Integer> last, Optional<Integer> daily,
            Optional<Integer> weekly, Optional<Integer> monthly, Optional<Integer> yearly, int keepVerified) {
    }

    /** {@code every} is every, daily, weekly or never; {@code level} is checksum, archive, restore or equal. */
    public record Verify(String every, String level, List<Assertion> assertions) {
    }

    /** A query that must return one row with one column, true. */
    public record Assertion(String name, String sql) {
    }

    /** {@code events} are patterns over the type without its prefix and version, such as {@code backup.*}. */
    public record Subscription(String name, URI url, SecretReference secret, List<String> events, Duration timeout) {
    }

    public record Worker(int slots, Duration heartbeat, List<Path> toolFolders) {
    }

    public record Verifier(int slots, Path scratch, Optional<String> scratchUser, Duration sweepEvery,
            List<Path> toolFolders) {
    }

    public record Retention(Duration every, boolean enabled) {
    }

    public record Scheduler(String bind, int port) {
    }

    /** Files of OpenPGP secret keys and the passphrase they share; resolved by verifier and restore only. */
    public record Keys(List<Path> secretKeys, Optional<SecretReference> passphrase) {
    }
}
