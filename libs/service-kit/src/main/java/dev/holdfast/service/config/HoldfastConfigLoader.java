package dev.holdfast.service.config;

import dev.holdfast.service.ServiceRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds {@code holdfast.yml} and reads it: the path given, {@code HOLDFAST_CONFIG}, {@code ./holdfast.yml},
 * {@code /etc/holdfast/holdfast.yml}; with none of them the classic variables describe one database. Every key is an
 * environment variable too, and the variable wins.
 */
public final class HoldfastConfigLoader {

    private static final Path SYSTEM_WIDE = Path.of("/etc/holdfast/holdfast.yml");

    private final Map<String, String> environment;
    private final Path folder;

    /** @param folder where {@code ./holdfast.yml} is looked for, and where paths start that no file holds */
    public HoldfastConfigLoader(Map<String, String> environment, Path folder) {
        this.environment = Map.copyOf(environment);
        this.folder = folder.toAbsolutePath();
    }

    /** Of this process. */
    public static HoldfastConfigLoader ofProcess() {
        return new HoldfastConfigLoader(System.getenv(), Path.of(""));
    }

    /** The file that is read, or empty where variables alone count. One that is named must be there; others may be. */
    public Optional<Path> find(Optional<Path> explicit) {
        Optional<Path> named = explicit.or(() -> Optional.ofNullable(environment.get("HOLDFAST_CONFIG")).map(Path::of));
        if (named.isPresent()) {
            return named.map(folder::resolve);
        }
        return List.of(folder.resolve("holdfast.yml"), SYSTEM_WIDE).stream().filter(Files::exists).findFirst();
    }

    /** As {@link #load(Optional, Set)}, without asking for any role's keys and secrets. */
    public HoldfastConfig load(Optional<Path> explicit) {
        return load(explicit, Set.of());
    }

    /**
     * Reads and checks everything at once.
     *
     * @param roles whose keys and secrets must be readable here, and (without {@code evaluation}) nobody else's
     * @throws InvalidConfiguration with every mistake, not only the first
     */
    public HoldfastConfig load(Optional<Path> explicit, Set<ServiceRole> roles) {
        List<ConfigProblem> problems = new ArrayList<>();
        Optional<Path> file = find(explicit);
        Map<String, Found> values = new LinkedHashMap<>();
        if (file.isPresent()) {
            values.putAll(YamlFile.read(file.get(), problems));
        } else if (ClassicVariables.present(environment)) {
            values.putAll(ClassicVariables.read(environment, problems));
        }
        Variables.overlay(environment, values, problems);
        String origin = file.map(Path::toString).orElse("the environment (no holdfast.yml was found)");
        if (file.isPresent() && values.isEmpty() && !problems.isEmpty()) {
            throw new InvalidConfiguration(origin, problems);
        }
        Path start = file.map(path -> path.toAbsolutePath().getParent()).orElse(folder);
        HoldfastConfig config = new ConfigReader(new Values(values, problems, start), start).read();
        problems.addAll(RecipientKeys.problems(config, roles));
        roles.forEach(role -> problems.addAll(new Secrets(config, role, environment).problems()));
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(origin, problems.stream().distinct().toList());
        }
        return config;
    }
}
