package dev.holdfast.service.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Typed reading of values by path. A value that can't be read becomes a problem and its default takes its place. */
final class Values {

    private final Map<String, Found> values;
    private final List<ConfigProblem> problems;
    private final Path folder;

    /** @param folder where relative paths start */
    Values(Map<String, Found> values, List<ConfigProblem> problems, Path folder) {
        this.values = values;
        this.problems = problems;
        this.folder = folder;
    }

    /** The names chosen under {@code databases}, {@code repositories} or {@code subscriptions}, sorted. */
    Set<String> names(String section) {
        Set<String> names = new TreeSet<>();
        for (String path : values.keySet()) {
            if (path.startsWith(section + ".")) {
                names.add(path.substring(section.length() + 1).split("[.\\[]", 2)[0]);
            }
        }
        return names;
    }

    Map<String, Found> below(String path) {
        Map<String, Found> found = new java.util.TreeMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(path + ".")) {
                found.put(key.substring(path.length() + 1), value);
            }
        });
        return found;
    }

    Optional<Found> find(String path) {
        return Optional.ofNullable(values.get(path));
    }

    boolean isThere(String path) {
        return values.keySet().stream().anyMatch(key -> key.equals(path) || key.startsWith(path + ".")
                || key.startsWith(path + "["));
    }

    Optional<String> text(String path) {
        return convert(path, text -> {
            if (text.isBlank()) {
                throw new IllegalArgumentException("is empty");
            }
            return text;
        });
    }

    /** Reports a missing value and stands {@code ?} in for it. */
    String required(String path) {
        Optional<String> text = text(path);
        if (text.isEmpty() && !values.containsKey(path)) {
            problem(path, "is missing");
        }
        return text.orElse("?");
    }

    Optional<Integer> number(String path) {
        String accepted = key(path).accepted();
        String[] range = accepted.replaceFirst("a number from (\\d+) to (\\d+)", "$1 $2").split(" ");
        return convert(path, text -> {
            try {
                int number = Integer.parseInt(text.strip());
                if (number >= Integer.parseInt(range[0]) && number <= Integer.parseInt(range[1])) {
                    return number;
                }
                throw new IllegalArgumentException("is out of range");
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("is not a whole number", e);
            }
        });
    }

    boolean isOn(String path) {
        return convert(path, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("is neither true nor false");
        }).orElse(false);
    }

    /** One of the words that the key accepts. */
    String choice(String path) {
        List<String> words = List.of(key(path).accepted().split(", "));
        return convert(path, text -> {
            if (!words.contains(text)) {
                throw new IllegalArgumentException("is none of them" + DidYouMean.among(text, words));
            }
            return text;
        }).orElse("?");
    }

    Optional<Duration> duration(String path) {
        return convert(path, Durations::parse);
    }

    long size(String path) {
        return convert(path, Sizes::parse).orElse(1L);
    }

    ZoneId zone(String path) {
        return convert(path, text -> {
            try {
                return ZoneId.of(text);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("is no zone" + DidYouMean.among(text, ZoneId.getAvailableZoneIds()), e);
            }
        }).orElse(java.time.ZoneOffset.UTC);
    }

    Optional<URI> url(String path) {
        return convert(path, text -> {
            URI url = URI.create(text);
            if (!Set.of("http", "https").contains(String.valueOf(url.getScheme()).toLowerCase(java.util.Locale.ROOT))
                    || url.getHost() == null) {
                throw new IllegalArgumentException("is no http or https URL");
            }
            if (url.getRawUserInfo() != null) {
                throw new IllegalArgumentException("holds a user and password, which would be logged");
            }
            return url;
        });
    }

    Optional<Path> path(String path) {
        return convert(path, this::toPath);
    }

    List<String> texts(String path) {
        List<String> texts = new ArrayList<>();
        if (values.containsKey(path) && !values.get(path).text().isBlank()) {
            texts.addAll(List.of(values.get(path).text().split("\\s*,\\s*")));
        }
        for (int i = 0; values.containsKey(path + "[" + i + "]"); i++) {
            texts.add(values.get(path + "[" + i + "]").text());
        }
        if (texts.isEmpty() && !values.containsKey(path) && !key(path).defaultValue().isEmpty()) {
            texts.add(key(path).defaultValue());
        }
        return texts;
    }

    List<Path> paths(String path) {
        List<Path> paths = new ArrayList<>();
        for (String text : texts(path)) {
            try {
                paths.add(toPath(text));
            } catch (IllegalArgumentException e) {
                problem(path, "'" + text + "' is no path");
            }
        }
        return paths;
    }

    <T> Optional<T> convert(String path, Function<String, T> conversion) {
        Found found = values.get(path);
        String text = found == null ? key(path).defaultValue() : found.text();
        if (found == null && (text.isEmpty() || text.startsWith("<"))) {
            return Optional.empty();
        }
        try {
            return Optional.of(conversion.apply(text));
        } catch (IllegalArgumentException e) {
            // A URL may hold a token, and a mistake is no reason to show it.
            String shown = key(path).takesReference() ? "it" : "'" + text + "'";
            String[] reason = reason(e).split("; accepted: ", 2);
            problem(path, shown + (found.origin().isEmpty() ? "" : " (from " + found.origin() + ")") + " " + reason[0],
                    reason.length > 1 ? reason[1] : key(path).accepted());
            return key(path).defaultValue().isEmpty() || key(path).defaultValue().startsWith("<") ? Optional.empty()
                    : Optional.of(conversion.apply(key(path).defaultValue()));
        }
    }

    void problem(String path, String message) {
        problem(path, message, key(path).accepted());
    }

    void problem(String path, String message, String accepted) {
        problems.add(new ConfigProblem(path, line(path), message, accepted));
    }

    /** The documented key of a path with names and indexes in it. */
    ConfigKey key(String path) {
        KeyTree tree = KeyTree.ROOT;
        for (String part : path.split("\\.")) {
            tree = tree.child(part.replaceFirst("\\[\\d+]$", ""));
            if (part.endsWith("]") && tree.entry() != null) {
                tree = tree.entry();
            }
        }
        return tree.key();
    }

    private Path toPath(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("is empty");
        }
        return folder.resolve(text).normalize();
    }

    private int line(String path) {
        for (String at = path; !at.isEmpty(); at = at.substring(0, Math.max(0, at.lastIndexOf('.')))) {
            if (values.containsKey(at)) {
                return values.get(at).line();
            }
        }
        return 0;
    }

    private static String reason(IllegalArgumentException e) {
        return e.getMessage() == null ? "can't be read" : e.getMessage();
    }
}
