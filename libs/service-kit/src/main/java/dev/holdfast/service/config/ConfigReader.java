package dev.holdfast.service.config;

import dev.holdfast.service.schedule.Blackout;
import dev.holdfast.service.schedule.CronSchedule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Builds the checked configuration from values; goes on after a mistake so that all are found. */
final class ConfigReader {

    private static final Pattern BROKER = Pattern.compile("(?:\\[[0-9a-fA-F:.]+]|[^\\s:\\[\\]]+):(\\d{1,5})");

    private final Values values;
    private final SecretReading secrets;

    ConfigReader(Values values, Path folder) {
        this.values = values;
        this.secrets = new SecretReading(values, folder, values.path("secrets-folder").orElseThrow());
    }

    HoldfastConfig read() {
        Map<String, HoldfastConfig.Repository> repositories = named("repositories", this::repository);
        Map<String, HoldfastConfig.Database> databases =
                named("databases", (name, path) -> database(name, path, repositories.keySet()));
        if (databases.isEmpty()) {
            values.problem("databases", "names no database", "at least one");
        }
        if (repositories.isEmpty()) {
            values.problem("repositories", "names no repository", "at least one");
        }
        return new HoldfastConfig(kafka(), repositories, databases, named("subscriptions", this::subscription),
                new HoldfastConfig.Worker(number("worker.slots"), duration("worker.heartbeat"),
                        values.paths("worker.tool-folders"), number("worker.runs-per-cluster")),
                new HoldfastConfig.Verifier(number("verifier.slots"), values.path("verifier.scratch").orElseThrow(),
                        values.text("verifier.scratch-user"), duration("verifier.sweep-every"),
                        values.paths("verifier.tool-folders")),
                new HoldfastConfig.Retention(duration("retention.every"), values.isOn("retention.enabled")),
                new HoldfastConfig.Scheduler(values.text("scheduler.bind").orElseThrow(), number("scheduler.port"),
                        duration("scheduler.lease"), duration("scheduler.remind-every"), tokens()),
                new HoldfastConfig.Keys(values.paths("keys.secret-keys"), secrets.optional("keys.passphrase")),
                values.path("secrets-folder").orElseThrow(),
                values.isOn("evaluation"), heartbeat());
    }

    private HoldfastConfig.Heartbeat heartbeat() {
        Optional<SecretReference> secretUrl = secrets.insteadOf("heartbeat.url");
        return new HoldfastConfig.Heartbeat(secretUrl.isPresent() ? Optional.empty() : values.url("heartbeat.url"), secretUrl,
                duration("heartbeat.every"));
    }

    /** A token written out instead of its hash must not be repeated by the message. */
    private List<HoldfastConfig.ApiToken> tokens() {
        List<HoldfastConfig.ApiToken> tokens = new ArrayList<>();
        for (int i = 0; values.isThere("scheduler.tokens[" + i + "]"); i++) {
            String at = "scheduler.tokens[" + i + "]";
            String name = values.required(at + ".name");
            String sha256 = values.required(at + ".sha256");
            if (values.isThere(at + ".name") && !name.matches("[A-Za-z0-9._@-]{1,64}")) {
                values.problem(at + ".name", "holds something else or is too long");
            } else if (tokens.stream().anyMatch(token -> token.name().equals(name))) {
                values.problem(at + ".name", "'" + name + "' names two tokens");
            }
            if (values.isThere(at + ".sha256") && !sha256.matches("[0-9a-f]{64}")) {
                values.problem(at + ".sha256", "is no SHA-256; if it is the token itself, it is known to whoever reads this file: make a new one");
            }
            tokens.add(new HoldfastConfig.ApiToken(name, sha256, values.choice(at + ".access")));
        }
        return tokens;
    }

    private <T> Map<String, T> named(String section, BiFunction<String, String, T> reading) {
        Map<String, T> read = new LinkedHashMap<>();
        values.names(section).forEach(name -> read.put(name, reading.apply(name, section + "." + name)));
        return java.util.Collections.unmodifiableMap(read);
    }

    private HoldfastConfig.Kafka kafka() {
        Map<String, String> properties = new LinkedHashMap<>();
        values.below("kafka.properties").forEach((name, found) -> {
            if (isSecret(name) && !SecretReading.isReference(found.text())) {
                values.problem("kafka.properties." + name,
                        "is a secret written out; move it to a variable or a file that only the services read",
                        "env:NAME, file:/path or tree:name");
            }
            properties.put(name, found.text());
        });
        int replicas = number("kafka.replication-factor");
        int inSync = number("kafka.min-in-sync-replicas");
        if (inSync > replicas) {
            values.problem("kafka.min-in-sync-replicas", inSync + " is more than the " + replicas
                    + " replicas there are, so nothing could be written");
        }
        return new HoldfastConfig.Kafka(values.convert("kafka.bootstrap-servers", ConfigReader::brokers).orElseThrow(), replicas, inSync, properties);
    }

    /** The client would find it out when it connects, long after the configuration was checked. */
    private static String brokers(String text) {
        for (String broker : text.split(",", -1)) {
            Matcher parts = BROKER.matcher(broker.strip());
            if (!parts.matches() || Integer.parseInt(parts.group(1)) < 1 || Integer.parseInt(parts.group(1)) > 65535) {
                throw new IllegalArgumentException("has no host and port in '" + broker.strip() + "'");
            }
        }
        return text;
    }

    static boolean isSecret(String property) {
        return property.endsWith("password") || property.endsWith("jaas.config") || property.endsWith("keystore.key")
                || property.endsWith("secret");
    }

    private HoldfastConfig.Repository repository(String name, String path) {
        String type = values.choice(path + ".type");
        long partBytes = values.size(path + ".part-size");
        boolean file = type.equals("file");
        for (String foreign : file ? List.of("bucket", "prefix", "region", "endpoint", "path-style", "ca-certificate",
                "checksums", "access-key", "secret-key") : List.of("path")) {
            if (values.isThere(path + "." + foreign)) {
                values.problem(path + "." + foreign, "is not a key of type " + type, "keys of type " + type);
            }
        }
        if (file) {
            values.required(path + ".path");
            return new HoldfastConfig.Repository(name, type, values.path(path + ".path"), Optional.empty(), partBytes);
        }
        return new HoldfastConfig.Repository(name, type, Optional.empty(), Optional.of(s3(path)), partBytes);
    }

    private HoldfastConfig.S3 s3(String path) {
        Optional<SecretReference> accessKey = secrets.optional(path + ".access-key");
        Optional<SecretReference> secretKey = secrets.optional(path + ".secret-key");
        if (accessKey.isPresent() != secretKey.isPresent()) {
            values.problem(path + (accessKey.isPresent() ? ".secret-key" : ".access-key"),
                    "is missing beside its counterpart");
        }
        return new HoldfastConfig.S3(values.required(path + ".bucket"), values.text(path + ".prefix").orElse(""),
                values.text(path + ".region").orElseThrow(), values.url(path + ".endpoint"),
                values.isOn(path + ".path-style"), values.path(path + ".ca-certificate"),
                values.choice(path + ".checksums"), accessKey, secretKey);
    }

    private HoldfastConfig.Database database(String alias, String path, Set<String> repositories) {
        ZoneId zone = values.zone(path + ".zone");
        return new HoldfastConfig.Database(alias, values.text(path + ".host").orElseThrow(), number(path + ".port"),
                values.text(path + ".database").orElse(alias), values.required(path + ".user"),
                secrets.optional(path + ".password"), values.choice(path + ".ssl-mode"),
                values.path(path + ".ssl-root-cert"), values.path(path + ".ssl-cert"), values.path(path + ".ssl-key"),
                cron(path + ".schedule", zone), zone, copies(path + ".repositories", repositories),
                encryption(path + ".encryption"), keep(path + ".keep"), verify(path + ".verify"),
                duration(path + ".lock-wait-timeout"), duration(path + ".deadline"),
                new HoldfastConfig.Politeness(values.duration(path + ".jitter").orElse(Duration.ZERO), values.duration(path + ".max-dump-age"),
                        blackouts(path + ".blackouts")),
                new HoldfastConfig.Supervision(number(path + ".attempts"), values.choice(path + ".catch-up"), duration(path + ".grace")),
                new HoldfastConfig.Objectives(values.duration(path + ".rpo"), values.duration(path + ".rto"),
                        duration(path + ".proof-within")));
    }

    private List<Blackout> blackouts(String path) {
        List<Blackout> blackouts = new ArrayList<>();
        for (String text : values.texts(path)) {
            try {
                blackouts.add(Blackout.parse(text));
            } catch (IllegalArgumentException e) {
                values.problem(path, "'" + text + "' " + e.getMessage());
            }
        }
        return blackouts;
    }

    private Optional<String> cron(String path, ZoneId zone) {
        return values.convert(path, text -> CronSchedule.parse(text, zone).expression());
    }

    private List<String> copies(String path, Set<String> repositories) {
        if (!values.isThere(path)) {
            return List.copyOf(repositories);
        }
        List<String> copies = values.texts(path);
        if (copies.isEmpty()) {
            values.problem(path, "names no repository", "names under repositories: " + String.join(", ", repositories));
        }
        for (String copy : copies) {
            if (!repositories.contains(copy)) {
                values.problem(path, "'" + copy + "' is no repository" + DidYouMean.among(copy, repositories),
                        "names under repositories: " + String.join(", ", repositories));
            }
        }
        return copies;
    }

    private HoldfastConfig.Encryption encryption(String path) {
        List<Path> recipients = values.paths(path + ".recipients");
        Optional<String> word = values.text(path);
        if (word.isPresent() && !word.get().equals("none")) {
            values.problem(path, "'" + word.get() + "' is neither recipients nor none");
        } else if (word.isPresent() && !recipients.isEmpty()) {
            values.problem(path, "is none and names recipients");
        } else if (word.isEmpty() && recipients.isEmpty()) {
            values.problem(path, "says neither recipients nor none; backups are encrypted unless none is written out");
        }
        return new HoldfastConfig.Encryption(word.isPresent() && recipients.isEmpty(), recipients);
    }

    private HoldfastConfig.Keep keep(String path) {
        return new HoldfastConfig.Keep(values.duration(path + ".age"), values.number(path + ".last"),
                values.number(path + ".daily"), values.number(path + ".weekly"), values.number(path + ".monthly"),
                values.number(path + ".yearly"), number(path + ".verified"));
    }

    private HoldfastConfig.Verify verify(String path) {
        List<HoldfastConfig.Assertion> assertions = new ArrayList<>();
        for (int i = 0; values.isThere(path + ".assertions[" + i + "]"); i++) {
            String at = path + ".assertions[" + i + "]";
            assertions.add(new HoldfastConfig.Assertion(values.required(at + ".name"), values.required(at + ".sql")));
        }
        return new HoldfastConfig.Verify(values.choice(path + ".every"), values.choice(path + ".level"), assertions,
                new HoldfastConfig.Reverify(again(path + ".reverify.each"), again(path + ".reverify.newest")));
    }

    private Optional<Duration> again(String path) {
        return values.convert(path, text -> text.equals("never") ? Duration.ZERO : Durations.parse(text)).filter(Duration::isPositive);
    }

    private HoldfastConfig.Subscription subscription(String name, String path) {
        if (!values.isThere(path + ".url")) {
            values.problem(path + ".url", "is missing");
        }
        List<String> patterns = values.texts(path + ".events");
        for (String pattern : patterns) {
            if (!pattern.matches("\\*|[a-z]+\\.(\\*|[a-z]+)")) {
                values.problem(path + ".events", "'" + pattern + "' is no pattern");
            } else if (pattern.startsWith("delivery.")) {
                values.problem(path + ".events", "'" + pattern + "' would tell of its own deliveries");
            }
        }
        Optional<SecretReference> secretUrl = secrets.insteadOf(path + ".url");
        String format = values.choice(path + ".format");
        if (!format.equals("slack") && !values.isThere(path + ".secret")) {
            values.problem(path + ".secret", "is missing");
        }
        return new HoldfastConfig.Subscription(name, secretUrl.isPresent() ? Optional.empty() : values.url(path + ".url"),
                secretUrl, format, secrets.optional(path + ".secret"), secrets.optional(path + ".previous-secret"), patterns,
                duration(path + ".timeout"), values.isOn(path + ".allow-private"));
    }

    private int number(String path) {
        return values.number(path).orElseThrow();
    }

    private Duration duration(String path) {
        return values.duration(path).orElseThrow();
    }
}
