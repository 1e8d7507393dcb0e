package dev.holdfast.service.config;

import dev.holdfast.service.schedule.Blackout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Every key with a value that isn't its default: as a file, as variables and as it must be understood. */
final class FullConfiguration {

    static final String YAML = """
            kafka:
              bootstrap-servers: kafka:9093
              replication-factor: 3
              min-in-sync-replicas: 2
              properties: {security.protocol: SSL, ssl: {keystore.password: "env:STORE"}}
            repositories:
              local: {type: file, path: backups, part-size: 5GB}
              cloud:
                type: s3
                bucket: b
                prefix: p/q
                region: eu-central-1
                endpoint: https://s3.example:9000/x
                path-style: true
                ca-certificate: /ca.pem
                checksums: when-required
                access-key: {env: ACCESS}
                secret-key: {tree: s3/secret}
                part-size: 512MiB
            databases:
              shop:
                host: db.internal
                port: 5433
                database: "Sh'op"
                user: backup
                password: {file: password.txt}
                ssl-mode: verify-full
                ssl-root-cert: root.pem
                ssl-cert: cert.pem
                ssl-key: key.pem
                schedule: "0 2 * * *"
                zone: Europe/Berlin
                repositories: [cloud]
                encryption: {recipients: [a.asc, b.asc]}
                keep: {age: 30d, last: 1, daily: 7, weekly: 4, monthly: 12, yearly: 3, verified: 5}
                verify:
                  every: weekly
                  level: restore
                  assertions: [{name: has-orders, sql: "SELECT count(*) > 0 FROM orders"}]
                  reverify: {each: 90d, newest: never}
                lock-wait-timeout: 5s
                deadline: PT90M
                jitter: 5m
                max-dump-age: 3h
                blackouts: ["Mon-Fri 08:00-18:00", "daily 23:30-01:00"]
                attempts: 5
                catch-up: none
                grace: 10m
                rpo: 26h
                rto: 2h
                proof-within: 6h
            subscriptions:
              oncall: {url: "https://hooks.example/x", format: slack, secret: {env: HOOK}, previous-secret: {tree: hook/old}, events: [backup.failed, alert.*], timeout: 3s, allow-private: true}
              chat: {url: {file: slack.url}, format: slack}
            worker: {slots: 4, heartbeat: 2s, tool-folders: [/opt/pg/bin], runs-per-cluster: 3}
            verifier: {slots: 2, scratch: /scratch, scratch-user: nobody, sweep-every: 2h, tool-folders: [/opt/pg/bin]}
            retention: {every: 1d, enabled: false}
            scheduler:
              bind: 0.0.0.0
              port: 0
              lease: 30s
              remind-every: 12h
              tokens: [{name: ci, sha256: abababababababababababababababababababababababababababababababab, access: read}]
            heartbeat: {url: {file: beat.url}, every: 30s}
            keys: {secret-keys: [private.asc], passphrase: {file: /keys/passphrase}}
            secrets-folder: /secrets
            evaluation: true
            """;

    static final Map<String, String> VARIABLES = variables();

    private FullConfiguration() {
    }

    /** Makes the recipients' files that are named above. */
    static void keys(Path folder) {
        for (String name : List.of("a.asc", "b.asc")) {
            try {
                Files.writeString(folder.resolve(name), "-----BEGIN PGP PUBLIC KEY BLOCK-----\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static HoldfastConfig expected(Path folder) {
        HoldfastConfig.S3 s3 = new HoldfastConfig.S3("b", "p/q", "eu-central-1",
                Optional.of(URI.create("https://s3.example:9000/x")), true, Optional.of(Path.of("/ca.pem")), "when-required",
                Optional.of(new SecretReference.FromEnvironment("ACCESS")),
                Optional.of(new SecretReference.FromFile(Path.of("/secrets/s3/secret"))));
        HoldfastConfig.Database shop = new HoldfastConfig.Database("shop", "db.internal", 5433, "Sh'op", "backup",
                Optional.of(new SecretReference.FromFile(folder.resolve("password.txt"))), "verify-full",
                Optional.of(folder.resolve("root.pem")), Optional.of(folder.resolve("cert.pem")),
                Optional.of(folder.resolve("key.pem")), Optional.of("0 2 * * *"), ZoneId.of("Europe/Berlin"),
                List.of("cloud"),
                new HoldfastConfig.Encryption(false, List.of(folder.resolve("a.asc"), folder.resolve("b.asc"))),
                new HoldfastConfig.Keep(Optional.of(Duration.ofDays(30)), Optional.of(1), Optional.of(7), Optional.of(4),
                        Optional.of(12), Optional.of(3), 5),
                new HoldfastConfig.Verify("weekly", "restore",
                        List.of(new HoldfastConfig.Assertion("has-orders", "SELECT count(*) > 0 FROM orders")),
                        new HoldfastConfig.Reverify(Optional.of(Duration.ofDays(90)), Optional.empty())),
                Duration.ofSeconds(5), Duration.ofMinutes(90),
                new HoldfastConfig.Politeness(Duration.ofMinutes(5), Optional.of(Duration.ofHours(3)),
                        List.of(Blackout.parse("Mon-Fri 08:00-18:00"), Blackout.parse("daily 23:30-01:00"))),
                new HoldfastConfig.Supervision(5, "none", Duration.ofMinutes(10)),
                new HoldfastConfig.Objectives(Optional.of(Duration.ofHours(26)), Optional.of(Duration.ofHours(2)), Duration.ofHours(6)));
        return new HoldfastConfig(
                new HoldfastConfig.Kafka("kafka:9093", 3, 2,
                        Map.of("security.protocol", "SSL", "ssl.keystore.password", "env:STORE")),
                Map.of("local", new HoldfastConfig.Repository("local", "file", Optional.of(folder.resolve("backups")),
                        Optional.empty(), 5_000_000_000L),
                        "cloud", new HoldfastConfig.Repository("cloud", "s3", Optional.empty(), Optional.of(s3), 512L << 20)),
                Map.of("shop", shop),
                Map.of("oncall", new HoldfastConfig.Subscription("oncall", Optional.of(URI.create("https://hooks.example/x")),
                        Optional.empty(), "slack", Optional.of(new SecretReference.FromEnvironment("HOOK")),
                        Optional.of(new SecretReference.FromFile(Path.of("/secrets/hook/old"))), List.of("backup.failed", "alert.*"),
                        Duration.ofSeconds(3), true),
                        "chat", new HoldfastConfig.Subscription("chat", Optional.empty(),
                        Optional.of(new SecretReference.FromFile(folder.resolve("slack.url"))), "slack", Optional.empty(),
                        Optional.empty(), List.of("*"), Duration.ofSeconds(10), false)),
                new HoldfastConfig.Worker(4, Duration.ofSeconds(2), List.of(Path.of("/opt/pg/bin")), 3),
                new HoldfastConfig.Verifier(2, Path.of("/scratch"), Optional.of("nobody"), Duration.ofHours(2),
                        List.of(Path.of("/opt/pg/bin"))),
                new HoldfastConfig.Retention(Duration.ofDays(1), false), new HoldfastConfig.Scheduler("0.0.0.0", 0,
                        Duration.ofSeconds(30), Duration.ofHours(12), List.of(new HoldfastConfig.ApiToken("ci", "ab".repeat(32), "read"))),
                new HoldfastConfig.Keys(List.of(folder.resolve("private.asc")),
                        Optional.of(new SecretReference.FromFile(Path.of("/keys/passphrase")))),
                Path.of("/secrets"), true, new HoldfastConfig.Heartbeat(Optional.empty(),
                        Optional.of(new SecretReference.FromFile(folder.resolve("beat.url"))), Duration.ofSeconds(30)));
    }

    private static Map<String, String> variables() {
        Map<String, String> variables = new TreeMap<>();
        """
                KAFKA_BOOTSTRAPSERVERS=kafka:9093
                KAFKA_REPLICATIONFACTOR=3
                KAFKA_MIN_IN_SYNC_REPLICAS=2
                KAFKA_PROPERTIES_SECURITY_PROTOCOL=SSL
                KAFKA_PROPERTIES_SSL_KEYSTORE_PASSWORD=env:STORE
                REPOSITORIES_LOCAL_TYPE=file
                REPOSITORIES_LOCAL_PATH=backups
                REPOSITORIES_LOCAL_PARTSIZE=5GB
                REPOSITORIES_CLOUD_TYPE=s3
                REPOSITORIES_CLOUD_BUCKET=b
                REPOSITORIES_CLOUD_PREFIX=p/q
                REPOSITORIES_CLOUD_REGION=eu-central-1
                REPOSITORIES_CLOUD_ENDPOINT=https://s3.example:9000/x
                REPOSITORIES_CLOUD_PATHSTYLE=true
                REPOSITORIES_CLOUD_CACERTIFICATE=/ca.pem
                REPOSITORIES_CLOUD_CHECKSUMS=when-required
                REPOSITORIES_CLOUD_ACCESSKEY_ENV=ACCESS
                REPOSITORIES_CLOUD_SECRETKEY_TREE=s3/secret
                REPOSITORIES_CLOUD_PARTSIZE=512MiB
                DATABASES_SHOP_HOST=db.internal
                DATABASES_SHOP_PORT=5433
                DATABASES_SHOP_DATABASE=Sh'op
                DATABASES_SHOP_USER=backup
                DATABASES_SHOP_PASSWORD_FILE=password.txt
                DATABASES_SHOP_SSLMODE=verify-full
                DATABASES_SHOP_SSLROOTCERT=root.pem
                DATABASES_SHOP_SSLCERT=cert.pem
                DATABASES_SHOP_SSLKEY=key.pem
                DATABASES_SHOP_SCHEDULE=0 2 * * *
                DATABASES_SHOP_ZONE=Europe/Berlin
                DATABASES_SHOP_REPOSITORIES=cloud
                DATABASES_SHOP_ENCRYPTION_RECIPIENTS_0=a.asc
                DATABASES_SHOP_ENCRYPTION_RECIPIENTS_1=b.asc
                DATABASES_SHOP_KEEP_AGE=30d
                DATABASES_SHOP_KEEP_LAST=1
                DATABASES_SHOP_KEEP_DAILY=7
                DATABASES_SHOP_KEEP_WEEKLY=4
                DATABASES_SHOP_KEEP_MONTHLY=12
                DATABASES_SHOP_KEEP_YEARLY=3
                DATABASES_SHOP_KEEP_VERIFIED=5
                DATABASES_SHOP_VERIFY_EVERY=weekly
                DATABASES_SHOP_VERIFY_LEVEL=restore
                DATABASES_SHOP_VERIFY_ASSERTIONS_0_NAME=has-orders
                DATABASES_SHOP_VERIFY_ASSERTIONS_0_SQL=SELECT count(*) > 0 FROM orders
                DATABASES_SHOP_LOCKWAITTIMEOUT=5s
                DATABASES_SHOP_DEADLINE=PT90M
                DATABASES_SHOP_JITTER=5m
                DATABASES_SHOP_MAXDUMPAGE=3h
                DATABASES_SHOP_BLACKOUTS_0=Mon-Fri 08:00-18:00
                DATABASES_SHOP_BLACKOUTS_1=daily 23:30-01:00
                DATABASES_SHOP_ATTEMPTS=5
                DATABASES_SHOP_CATCHUP=none
                DATABASES_SHOP_GRACE=10m
                DATABASES_SHOP_RPO=26h
                DATABASES_SHOP_RTO=2h
                DATABASES_SHOP_PROOFWITHIN=6h
                DATABASES_SHOP_VERIFY_REVERIFY_EACH=90d
                DATABASES_SHOP_VERIFY_REVERIFY_NEWEST=never
                WORKER_RUNSPERCLUSTER=3
                SCHEDULER_LEASE=30s
                SCHEDULER_REMINDEVERY=12h
                SCHEDULER_TOKENS_0_NAME=ci
                SCHEDULER_TOKENS_0_SHA256=abababababababababababababababababababababababababababababababab
                SCHEDULER_TOKENS_0_ACCESS=read
                SUBSCRIPTIONS_ONCALL_URL=https://hooks.example/x
                SUBSCRIPTIONS_ONCALL_SECRET_ENV=HOOK
                SUBSCRIPTIONS_ONCALL_EVENTS=backup.failed, alert.*
                SUBSCRIPTIONS_ONCALL_TIMEOUT=3s
                SUBSCRIPTIONS_ONCALL_FORMAT=slack
                SUBSCRIPTIONS_ONCALL_PREVIOUSSECRET_TREE=hook/old
                SUBSCRIPTIONS_ONCALL_ALLOWPRIVATE=true
                SUBSCRIPTIONS_CHAT_URL_FILE=slack.url
                SUBSCRIPTIONS_CHAT_FORMAT=slack
                WORKER_SLOTS=4
                WORKER_HEARTBEAT=2s
                WORKER_TOOLFOLDERS=/opt/pg/bin
                VERIFIER_SLOTS=2
                VERIFIER_SCRATCH=/scratch
                VERIFIER_SCRATCHUSER=nobody
                VERIFIER_SWEEPEVERY=2h
                VERIFIER_TOOLFOLDERS_0=/opt/pg/bin
                RETENTION_EVERY=1d
                RETENTION_ENABLED=false
                SCHEDULER_BIND=0.0.0.0
                SCHEDULER_PORT=0
                HEARTBEAT_URL_FILE=beat.url
                HEARTBEAT_EVERY=30s
                KEYS_SECRETKEYS=private.asc
                KEYS_PASSPHRASE_FILE=/keys/passphrase
                SECRETSFOLDER=/secrets
                EVALUATION=true
                """.lines().forEach(line -> variables.put("HOLDFAST_" + line.split("=", 2)[0], line.split("=", 2)[1]));
        return variables;
    }
}
