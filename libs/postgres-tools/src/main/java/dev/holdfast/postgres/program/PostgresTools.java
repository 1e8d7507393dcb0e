package dev.holdfast.postgres.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.Failures;

/** The installed PostgreSQL programs, one set per folder, ordered by major. */
public final class PostgresTools {

    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ((\\d+)(?:\\.(\\d+))?\\S*)");
    /** Where distributions put versioned installations: {@code <parent>/<version>/bin}. */
    private static final List<Path> PARENTS = List.of(Path.of("/usr/lib/postgresql"), Path.of("/usr/local"),
            Path.of("/opt/homebrew/opt"), Path.of("/usr/local/opt"), Path.of("/usr"));
    private static final List<Path> USUAL = List.of(Path.of("/usr/local/pgsql/bin"), Path.of("/opt/bitnami/postgresql/bin"),
            Path.of("/usr/libexec/postgresql"), Path.of("/usr/bin"));

    private final List<ToolSet> installed;

    private PostgresTools(List<ToolSet> installed) {
        this.installed = installed;
    }

    /**
     * Looks into the given folders only; without any, into the distributions' folders, PATH and other usual places.
     * Folders without a working {@code pg_dump} are passed over.
     */
    public static PostgresTools locate(Collection<Path> configured) {
        Collection<Path> folders = configured.isEmpty() ? usualFolders() : configured;
        List<ToolSet> found = folders.stream().flatMap(folder -> ask(folder).stream()).toList();
        return of(found);
    }

    /** Of known sets; the first of a version wins. */
    public static PostgresTools of(List<ToolSet> sets) {
        Map<String, ToolSet> byVersion = sets.stream()
                .collect(Collectors.toMap(ToolSet::version, set -> set, PostgresTools::preferred));
        return new PostgresTools(byVersion.values().stream()
                .sorted(Comparator.comparingInt(ToolSet::major).thenComparingInt(ToolSet::minor)).toList());
    }

    private static ToolSet preferred(ToolSet first, ToolSet second) {
        return !first.hasServer() && second.hasServer() ? second : first;
    }

    /** All that were found, oldest first. */
    public List<ToolSet> installed() {
        return installed;
    }

    /**
     * The smallest major that can dump a server of this major; of two with one major, the newer minor.
     *
     * @throws HoldfastException {@code tools-too-old} when none is new enough, saying which are there
     */
    public ToolSet choose(int serverMajor) {
        return installed.stream().filter(set -> set.major() >= serverMajor)
                .min(Comparator.comparingInt(ToolSet::major).thenComparing(Comparator.comparingInt(ToolSet::minor).reversed()))
                .orElseThrow(() -> Failures.permanent("tools-too-old",
                        "choosing pg_dump for a PostgreSQL %d server: %s".formatted(serverMajor, describeInstalled()),
                        "Install the client programs of PostgreSQL %d or later (Debian, Ubuntu: postgresql-client-%d), or name their folder in the configuration."
                                .formatted(serverMajor, serverMajor)));
    }

    /** The set with server programs of exactly this major, newest minor. */
    public Optional<ToolSet> server(int major) {
        return installed.stream().filter(set -> set.major() == major && set.hasServer())
                .max(Comparator.comparingInt(ToolSet::minor));
    }

    private String describeInstalled() {
        return installed.isEmpty() ? "no PostgreSQL client programs are installed"
                : "only these are installed: " + installed.stream().map(set -> set.version() + " in " + set.folder())
                        .collect(Collectors.joining(", "));
    }

    private static Collection<Path> usualFolders() {
        Set<Path> folders = new LinkedHashSet<>();
        for (Path parent : PARENTS) {
            folders.addAll(versioned(parent));
        }
        Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
                .filter(entry -> entry.startsWith("/")).map(Path::of).forEach(folders::add);
        folders.addAll(USUAL);
        return folders;
    }

    private static List<Path> versioned(Path parent) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(entry -> entry.equals(parent.resolve(entry.getFileName()))
                    && entry.getFileName().toString().matches("\\d+|pgsql-\\d+|postgresql(@?\\d+)?"))
                    .map(entry -> entry.resolve("bin")).filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("looking for PostgreSQL programs in " + parent, e);
        }
    }

    private static Optional<ToolSet> ask(Path folder) {
        Path program = folder.resolve("pg_dump");
        if (!Files.isExecutable(program)) {
            return Optional.empty();
        }
        try (RunningProgram asked = ProgramStarter.start(List.of(program.toString(), "--version"), Map.of())) {
            String printed = new String(asked.stdout().readNBytes(1000), StandardCharsets.UTF_8);
            return asked.await(Duration.ofSeconds(30)).succeeded() ? parse(program, printed) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Reads {@code pg_dump --version}; follows links, so that a distribution's wrapper counts where it leads. */
    static Optional<ToolSet> parse(Path program, String printed) {
        Matcher version = VERSION.matcher(printed);
        if (!version.find()) {
            return Optional.empty();
        }
        int minor = version.group(3) == null ? 0 : Integer.parseInt(version.group(3));
        return Optional.of(new ToolSet(program.getParent(), version.group(1), Integer.parseInt(version.group(2)), minor));
    }
}
