package dev.holdfast.service.config;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.Password;
import dev.holdfast.service.ServiceRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Resolves the secrets of one role and no others. Messages name the reference, never the value. */
public final class Secrets {

    private final HoldfastConfig config;
    private final ServiceRole role;
    private final Map<String, String> environment;

    public Secrets(HoldfastConfig config, ServiceRole role, Map<String, String> environment) {
        this.config = config;
        this.role = role;
        this.environment = Map.copyOf(environment);
    }

    /**
     * The secret behind a reference that belongs to this role. A file's trailing line end is cut off.
     *
     * @throws HoldfastException code {@code secret-unreadable}, or {@code secret-out-of-scope} where it belongs to
     *         other roles only (whatever {@code evaluation} says)
     */
    public Password resolve(SecretReference reference) {
        List<SecretUse> uses = SecretUse.of(config).stream().filter(use -> use.reference().equals(reference)).toList();
        if (!uses.isEmpty() && uses.stream().noneMatch(use -> use.belongsTo().test(role))) {
            throw new HoldfastException(FailureKind.BUG, "secret-out-of-scope", "reading " + named(reference) + " for "
                    + role.service() + " was refused: " + uses.getFirst().path() + " belongs to other services",
                    "report this: a service asked for a secret that isn't its own");
        }
        return read(reference);
    }

    /** The properties for every Kafka client, references resolved. */
    public Map<String, String> kafkaProperties() {
        Map<String, String> resolved = new LinkedHashMap<>();
        config.kafka().properties().forEach((name, value) -> resolved.put(name,
                SecretReading.isReference(value) ? read(kafkaReference(value)).reveal() : value));
        return resolved;
    }

    /**
     * Fails where a secret of this role can't be read, or, without {@code evaluation: true}, one of another role can.
     *
     * @throws InvalidConfiguration with all of them
     */
    public void check() {
        List<ConfigProblem> problems = problems();
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration("the secrets of " + role.service(), problems);
        }
    }

    /** What {@link #check()} would complain of. */
    public List<ConfigProblem> problems() {
        List<ConfigProblem> problems = new ArrayList<>();
        for (SecretUse use : SecretUse.of(config)) {
            if (use.belongsTo().test(role)) {
                missing(use.reference()).ifPresent(why -> problems.add(new ConfigProblem(use.path(), 0,
                        named(use.reference()) + " " + why, "a secret that " + role.service() + " can read")));
            } else if (!config.evaluation() && !isShared(use) && missing(use.reference()).isEmpty()) {
                problems.add(new ConfigProblem(use.path(), 0, named(use.reference()) + " can be read by " + role.service()
                        + ", whose secret it is not", "take it away from this service, or evaluation: true"));
            }
        }
        config.kafka().properties().forEach((name, value) -> {
            if (SecretReading.isReference(value)) {
                missing(kafkaReference(value)).ifPresent(why -> problems.add(new ConfigProblem("kafka.properties." + name,
                        0, named(kafkaReference(value)) + " " + why, "a secret that " + role.service() + " can read")));
            }
        });
        return problems;
    }

    /** The same reference may serve two purposes, one of them ours. */
    private boolean isShared(SecretUse use) {
        return SecretUse.of(config).stream()
                .anyMatch(other -> other.reference().equals(use.reference()) && other.belongsTo().test(role));
    }

    private SecretReference kafkaReference(String value) {
        String[] parts = value.split(":", 2);
        return switch (parts[0]) {
            case "env" -> new SecretReference.FromEnvironment(parts[1]);
            case "file" -> new SecretReference.FromFile(Path.of(parts[1]));
            default -> new SecretReference.FromFile(config.secretsFolder().resolve(parts[1]));
        };
    }

    private Password read(SecretReference reference) {
        Optional<String> missing = missing(reference);
        if (missing.isPresent()) {
            throw new HoldfastException(FailureKind.PERMANENT, "secret-unreadable", "reading " + named(reference) + " for "
                    + role.service() + " failed: it " + missing.get(), "provide it to this service and start it again");
        }
        return switch (reference) {
            case SecretReference.FromEnvironment(String variable) -> new Password(environment.get(variable));
            case SecretReference.FromFile(Path path) -> new Password(content(path));
        };
    }

    private Optional<String> missing(SecretReference reference) {
        return switch (reference) {
            case SecretReference.FromEnvironment(String variable) -> !environment.containsKey(variable)
                    ? Optional.of("is not set") : environment.get(variable).isEmpty() ? Optional.of("is empty")
                    : Optional.empty();
            case SecretReference.FromFile(Path path) -> !Files.exists(path) ? Optional.of("does not exist")
                    : !Files.isRegularFile(path) ? Optional.of("is no file")
                    : !Files.isReadable(path) ? Optional.of("may not be read by this user") : Optional.empty();
        };
    }

    private String content(Path path) {
        try {
            return Files.readString(path).replaceFirst("\\R$", "");
        } catch (IOException e) {
            throw new HoldfastException(FailureKind.PERMANENT, "secret-unreadable", "reading the secret file " + path
                    + " for " + role.service() + " failed: " + e.getClass().getSimpleName(),
                    "check that it is a text file in UTF-8 which this service may read", e);
        }
    }

    private static String named(SecretReference reference) {
        return switch (reference) {
            case SecretReference.FromEnvironment(String variable) -> "the variable " + variable;
            case SecretReference.FromFile(Path path) -> "the file " + path;
        };
    }
}
