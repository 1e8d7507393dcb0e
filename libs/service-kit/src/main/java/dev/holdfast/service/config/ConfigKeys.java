package dev.holdfast.service.config;

import static dev.holdfast.service.config.ConfigKey.ValueType.CHOICE;
import static dev.holdfast.service.config.ConfigKey.ValueType.CRON;
import static dev.holdfast.service.config.ConfigKey.ValueType.DURATION;
import static dev.holdfast.service.config.ConfigKey.ValueType.NUMBER;
import static dev.holdfast.service.config.ConfigKey.ValueType.PATH;
import static dev.holdfast.service.config.ConfigKey.ValueType.PATHS;
import static dev.holdfast.service.config.ConfigKey.ValueType.PROPERTIES;
import static dev.holdfast.service.config.ConfigKey.ValueType.SECRET;
import static dev.holdfast.service.config.ConfigKey.ValueType.SECRET_URL;
import static dev.holdfast.service.config.ConfigKey.ValueType.SIZE;
import static dev.holdfast.service.config.ConfigKey.ValueType.SWITCH;
import static dev.holdfast.service.config.ConfigKey.ValueType.TEXT;
import static dev.holdfast.service.config.ConfigKey.ValueType.TEXTS;
import static dev.holdfast.service.config.ConfigKey.ValueType.URL;
import static dev.holdfast.service.config.ConfigKey.ValueType.ZONE;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Every key there is: the reader, its messages and {@code docs/configuration.md} all come from this list. */
public final class ConfigKeys {

    private static final String SECRET_FORMS = "{env: NAME}, {file: /path} or {tree: name}";
    private static final String DURATIONS = "a duration such as 30d, 12h, 90s or PT15M";
    private static final String SIZES = "bytes, or a size such as 512MiB, 32GiB or 5GB";
    private static final String FILE = "a path; relative ones start at the file's folder";
    private static final String COUNT = "a number from 1 to 100000";

    private static final String AGAIN = "a duration such as 30d or 12h, or never";

    private ConfigKeys() {
    }

    /** In the order of the documentation. */
    public static List<ConfigKey> all() {
        return Stream.of(kafka(), repositories(), databases(), subscriptions(), services()).flatMap(List::stream).toList();
    }

    private static List<ConfigKey> kafka() {
        return new Section("kafka")
                .key("bootstrap-servers", TEXT, "localhost:9092", "host:port, several with commas", "The brokers.")
                .key("replication-factor", NUMBER, "1", "a number from 1 to 9", "Replicas of each topic; 1 for a single broker.")
                .key("min-in-sync-replicas", NUMBER, "1", "a number from 1 to 9", "Replicas that must have a record before it counts as written.")
                .key("properties", PROPERTIES, "", "client properties of Apache Kafka; passwords as env:NAME, file:/path or tree:name",
                        "Given to every Kafka client, for TLS and SASL.").keys;
    }

    private static List<ConfigKey> repositories() {
        return new Section("repositories.<name>")
                .key("type", CHOICE, "file", "file, s3", "Where copies lie.")
                .key("path", PATH, "", FILE, "The folder; type file.")
                .key("bucket", TEXT, "", "a bucket's name", "Type s3.")
                .key("prefix", TEXT, "", "a key prefix", "Everything lies below it; type s3.")
                .key("region", TEXT, "us-east-1", "a region's name", "Type s3.")
                .key("endpoint", URL, "", "an http or https URL", "For stores that are not Amazon's; type s3.")
                .key("path-style", SWITCH, "false", "true, false", "Bucket in the path instead of the host name; type s3.")
                .key("ca-certificate", PATH, "", FILE, "PEM file of the certificate authority to trust; type s3.")
                .key("checksums", CHOICE, "when-supported", "when-supported, when-required", "when-required for stores that refuse newer checksums; type s3.")
                .key("access-key", SECRET, "", SECRET_FORMS, "Without it the AWS SDK's own chain is asked; type s3.")
                .key("secret-key", SECRET, "", SECRET_FORMS, "Type s3.")
                .key("part-size", SIZE, "32GiB", SIZES, "Objects are split at this size.").keys;
    }

    private static List<ConfigKey> databases() {
        return new Section("databases.<alias>")
                .key("host", TEXT, "localhost", "a host name, an address or the folder of a unix socket", "The PostgreSQL server.")
                .key("port", NUMBER, "5432", "a number from 1 to 65535", "Its port.")
                .key("database", TEXT, "<alias>", "the database's real name", "May hold anything that PostgreSQL allows.")
                .key("user", TEXT, "", "a role's name", "Required.")
                .key("password", SECRET, "", SECRET_FORMS, "Empty where the server asks none.")
                .key("ssl-mode", CHOICE, "prefer", "disable, allow, prefer, require, verify-ca, verify-full", "As libpq's sslmode.")
                .key("ssl-root-cert", PATH, "", FILE, "As libpq's sslrootcert.")
                .key("ssl-cert", PATH, "", FILE, "As libpq's sslcert.")
                .key("ssl-key", PATH, "", FILE, "As libpq's sslkey.")
                .key("schedule", CRON, "", "five cron fields, such as \"0 2 * * *\"", "Without it backups are made on request only.")
                .key("zone", ZONE, "UTC", "a zone such as Europe/Berlin or UTC", "Of the schedule, and of the days that keep rules count.")
                .key("repositories", TEXTS, "all", "names under repositories", "Each holds a copy.")
                .key("encryption", CHOICE, "", "recipients, or none", "Required: recipients, or written out `none`.")
                .key("encryption.recipients", PATHS, "", "files of OpenPGP public keys", "Any one of their private keys decrypts.")
                .key("keep.age", DURATION, "", DURATIONS, "Keep what is younger. Without any keep rule everything is kept.")
                .key("keep.last", NUMBER, "", COUNT, "Keep the newest verified.")
                .key("keep.daily", NUMBER, "", COUNT, "Keep the newest verified of each of so many days.")
                .key("keep.weekly", NUMBER, "", COUNT, "Keep the newest verified of each of so many weeks.")
                .key("keep.monthly", NUMBER, "", COUNT, "Keep the newest verified of each of so many months.")
                .key("keep.yearly", NUMBER, "", COUNT, "Keep the newest verified of each of so many years.")
                .key("keep.verified", NUMBER, "2", COUNT, "The newest verified backups, never pruned whatever else is said.")
                .key("verify.every", CHOICE, "every", "every, daily, weekly, never", "Which backups are proven.")
                .key("verify.level", CHOICE, "equal", "checksum, archive, restore, equal", "How far.")
                .key("verify.assertions[].name", TEXT, "", "a short name", "Names an assertion in results.")
                .key("verify.assertions[].sql", TEXT, "", "a query of one row with one column, true", "Asked of the restored database, at level equal only.")
                .key("verify.reverify.each", DURATION, "30d", AGAIN, "Each kept backup is proven again after so long.")
                .key("verify.reverify.newest", DURATION, "7d", AGAIN, "The newest verified one is proven again, to level equal.")
                .key("lock-wait-timeout", DURATION, "60s", DURATIONS, "pg_dump waits this long for a table's lock.")
                .key("deadline", DURATION, "12h", DURATIONS, "A run that takes longer is ended and failed.")
                .key("jitter", DURATION, "", DURATIONS, "Scheduled backups start up to so much later, each database at its own moment.")
                .key("max-dump-age", DURATION, "", DURATIONS, "A dump whose snapshot gets older is ended and failed; an old snapshot holds back vacuum.")
                .key("blackouts", TEXTS, "", "windows such as \"Mon-Fri 08:00-18:00\", \"daily 23:30-01:00\"", "Scheduled backups do not start inside; on request they do. In the database's zone.")
                .key("attempts", NUMBER, "3", "a number from 1 to 100", "Tries of a run that may fail for a passing reason or go silent.")
                .key("catch-up", CHOICE, "latest", "latest, none", "What to do about fire times that passed while no scheduler ran.")
                .key("grace", DURATION, "15m", DURATIONS, "A scheduled backup that has not started so long after its time is missed.")
                .key("rpo", DURATION, "", DURATIONS, "Greatest age of the newest verified backup. Without it the schedule's longest gap and two hours more.")
                .key("rto", DURATION, "", DURATIONS, "Longest restore that is acceptable, compared with the proven one.")
                .key("proof-within", DURATION, "24h", DURATIONS, "A backup that is unproven for longer raises an alert.").keys;
    }

    private static List<ConfigKey> subscriptions() {
        return new Section("subscriptions.<name>")
                .key("url", SECRET_URL, "", "an http or https URL, or " + SECRET_FORMS, "Required. A reference where the URL itself is a secret, as Slack's are.")
                .key("format", CHOICE, "cloudevents", "cloudevents, slack", "slack: a readable message for an incoming webhook of Slack, not signed.")
                .key("secret", SECRET, "", SECRET_FORMS, "Required but for slack: the key that signs, as Standard Webhooks has it (whsec_…).")
                .key("previous-secret", SECRET, "", SECRET_FORMS, "The key before it, which signs too while subscribers change over.")
                .key("events", TEXTS, "*", "types such as backup.failed, patterns such as alert.* or *", "What is delivered.")
                .key("timeout", DURATION, "10s", DURATIONS, "For one try.")
                .key("allow-private", SWITCH, "false", "true, false", "Deliver to loopback, private and link-local addresses too.").keys;
    }

    private static List<ConfigKey> services() {
        List<ConfigKey> keys = new ArrayList<>();
        keys.addAll(new Section("worker")
                .key("slots", NUMBER, "2", "a number from 1 to 256", "Backups at once.")
                .key("heartbeat", DURATION, "10s", DURATIONS, "Between two beats of a running backup.")
                .key("tool-folders", PATHS, "", "folders that hold pg_dump", "Searched before the usual places.")
                .key("runs-per-cluster", NUMBER, "2", "a number from 1 to 256", "Backups at once on one PostgreSQL server, of all workers together.").keys);
        keys.addAll(new Section("verifier")
                .key("slots", NUMBER, "1", "a number from 1 to 256", "Proofs at once.")
                .key("scratch", PATH, "/var/lib/holdfast/scratch", FILE, "Where scratch clusters are made.")
                .key("scratch-user", TEXT, "", "an operating-system user", "Runs the scratch server where the verifier may switch users.")
                .key("sweep-every", DURATION, "1h", DURATIONS, "Between two searches for unproven backups.")
                .key("tool-folders", PATHS, "", "folders that hold initdb and pg_restore", "Searched before the usual places.").keys);
        keys.addAll(new Section("retention")
                .key("every", DURATION, "1h", DURATIONS, "Between two runs.")
                .key("enabled", SWITCH, "true", "true, false", "false deletes nothing.").keys);
        keys.addAll(new Section("scheduler")
                .key("bind", TEXT, "127.0.0.1", "an address of this machine", "Where the HTTP API listens. Other than this machine's own only with tokens.")
                .key("port", NUMBER, "8600", "a number from 0 to 65535", "0 picks a free one.")
                .key("lease", DURATION, "60s", DURATIONS, "A run that is silent for longer is dispatched again.")
                .key("remind-every", DURATION, "24h", DURATIONS, "Between two reminders of an alert that stands.")
                .key("tokens[].name", TEXT, "", "1 to 64 of letters, digits and . _ @ -", "Who calls the API with the token; as such told in events and the log. With tokens, every call needs one.")
                .key("tokens[].sha256", TEXT, "", "64 hexadecimal digits", "Of the token; `holdfast token new NAME` makes one and prints both.")
                .key("tokens[].access", CHOICE, "full", "full, read", "read may ask, and change nothing.").keys);
        keys.addAll(new Section("heartbeat")
                .key("url", SECRET_URL, "", "an http or https URL, or " + SECRET_FORMS, "Called by the notifier while all is well, so that its silence is noticed outside. A reference where the URL itself is a secret.")
                .key("every", DURATION, "1m", DURATIONS, "Between two calls.").keys);
        keys.addAll(new Section("keys")
                .key("secret-keys", PATHS, "", "files of OpenPGP secret keys", "Read by the verifier and by restores only.")
                .key("passphrase", SECRET, "", SECRET_FORMS, "Of the secret keys.").keys);
        keys.add(new ConfigKey("secrets-folder", PATH, "/run/secrets", FILE, "Where {tree: name} looks."));
        keys.add(new ConfigKey("evaluation", SWITCH, "false", "true, false", "Gives up the boundary between identities; `holdfast up` sets it."));
        return keys;
    }

    private static final class Section {

        private final String prefix;
        private final List<ConfigKey> keys = new ArrayList<>();

        Section(String prefix) {
            this.prefix = prefix;
        }

        Section key(String name, ConfigKey.ValueType type, String defaultValue, String accepted, String meaning) {
            keys.add(new ConfigKey(prefix + "." + name, type, defaultValue, accepted, meaning));
            return this;
        }
    }
}
