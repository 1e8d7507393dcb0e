package dev.holdfast.service.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every key as an environment variable, by Spring's rule: dots become underscores, dashes go (or become underscores),
 * all in upper case. A name is matched with the file's names first, so that {@code MYSHOP} is {@code my-shop}.
 */
final class Variables {

    private static final String PREFIX = "HOLDFAST_";
    private final Map<String, Found> values;
    private final List<ConfigProblem> problems;
    private final List<Rule> rules = new ArrayList<>();

    private Variables(Map<String, Found> values, List<ConfigProblem> problems) {
        this.values = values;
        this.problems = problems;
        ConfigKeys.all().forEach(key -> rules.add(new Rule(key, pattern(key))));
    }

    /** Lays the variables over the file's values. */
    static void overlay(Map<String, String> environment, Map<String, Found> values, List<ConfigProblem> problems) {
        Variables variables = new Variables(values, problems);
        new TreeMap<>(environment).forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                variables.take(name, value);
            }
        });
    }

    private void take(String name, String value) {
        String rest = name.substring(PREFIX.length());
        List<Match> matches = rules.stream().flatMap(rule -> rule.match(rest).stream()).toList();
        if (matches.isEmpty()) {
            if (KeyTree.ROOT.children().entrySet().stream().anyMatch(section -> section.getValue().takesMapping()
                    && rest.startsWith(section.getKey().toUpperCase(Locale.ROOT) + "_"))) {
                problems.add(new ConfigProblem(name, 0, "is a variable of no key",
                        "the names in docs/configuration.md"));
            }
            return;
        }
        Match best = matches.stream().min(Comparator.comparing((Match match) -> fileNames(match).isEmpty())
                .thenComparing(match -> match.name().length())).orElseThrow();
        put(name, value, best);
    }

    private void put(String variable, String value, Match match) {
        Set<String> twins = fileNames(match);
        if (twins.size() > 1) {
            problems.add(new ConfigProblem(variable, 0, "could mean " + String.join(" or ", twins),
                    "names that differ in more than dashes"));
            return;
        }
        String path = match.rule().key().path();
        if (match.rule().hasName()) {
            String named = twins.isEmpty() ? match.name().toLowerCase(Locale.ROOT).replace('_', '-')
                    : twins.iterator().next();
            path = path.replaceFirst("<[a-z]+>", named);
            values.putIfAbsent(path.substring(0, path.indexOf('.')) + "." + named, Found.inVariable(variable, ""));
        }
        if (match.rule().key().isList() && match.suffix().isEmpty()) {
            list(path, variable, value);
        } else if (path.contains("[]")) {
            values.put(path.replace("[]", "[" + match.index() + "]"), Found.inVariable(variable, value));
        } else if (match.rule().key().type() == ConfigKey.ValueType.PROPERTIES) {
            values.put(path + "." + match.suffix().toLowerCase(Locale.ROOT).replace('_', '.'),
                    Found.inVariable(variable, value));
        } else {
            single(path, variable, value, match);
        }
    }

    private void single(String path, String variable, String value, Match match) {
        String at = path;
        if (match.rule().key().isList()) {
            dropFromFile(path);
            at = path + "[" + match.suffix() + "]";
        } else if (!match.suffix().isEmpty()) {
            String form = match.suffix().toLowerCase(Locale.ROOT);
            values.keySet().removeIf(old -> old.equals(path)
                    || old.startsWith(path + ".") && values.get(old).origin().isEmpty());
            at = path + "." + form;
        } else if (match.rule().key().type() == ConfigKey.ValueType.CHOICE) {
            values.keySet().removeIf(old -> old.startsWith(path + "."));
        }
        values.put(at, Found.inVariable(variable, value));
    }

    private void list(String path, String variable, String value) {
        dropFromFile(path);
        String[] items = value.split("\\s*,\\s*");
        for (int i = 0; i < items.length; i++) {
            values.put(path + "[" + i + "]", Found.inVariable(variable, items[i]));
        }
    }

    /** A list is replaced, never mixed; recipients replace a written-out none. */
    private void dropFromFile(String path) {
        values.keySet().removeIf(old -> values.get(old).origin().isEmpty()
                && (old.equals(path) || old.startsWith(path + "[") || old.equals(path.replaceFirst("\\.recipients$", ""))));
    }

    private Set<String> fileNames(Match match) {
        Set<String> names = new TreeSet<>();
        if (match.rule().hasName()) {
            String section = match.rule().key().path().substring(0, match.rule().key().path().indexOf('.') + 1);
            String wanted = match.name().replace("_", "").toLowerCase(Locale.ROOT);
            for (String path : values.keySet()) {
                if (path.startsWith(section)) {
                    String name = path.substring(section.length()).split("[.\\[]", 2)[0];
                    if (name.replace("-", "").equals(wanted)) {
                        names.add(name);
                    }
                }
            }
        }
        return names;
    }

    private static Pattern pattern(ConfigKey key) {
        String form = key.path().toUpperCase(Locale.ROOT).replace("-", "_?").replace("[].", "_(?<index>\\d+)_")
                .replace(".", "_").replaceFirst("<[A-Z]+>", "(?<name>[A-Z0-9_]+?)");
        return Pattern.compile(form + switch (key.type()) {
            case SECRET, SECRET_URL -> "(?:_(?<suffix>ENV|FILE|TREE))?";
            case TEXTS, PATHS -> "(?:_(?<suffix>\\d+))?";
            case PROPERTIES -> "_(?<suffix>[A-Z0-9_]+)";
            case TEXT, NUMBER, SWITCH, CHOICE, DURATION, SIZE, PATH, URL, CRON, ZONE -> "";
        });
    }

    private record Rule(ConfigKey key, Pattern pattern) {

        boolean hasName() {
            return key.path().contains("<");
        }

        java.util.Optional<Match> match(String rest) {
            Matcher matcher = pattern.matcher(rest);
            return matcher.matches() ? java.util.Optional.of(new Match(this, group(matcher, "name"),
                    group(matcher, "suffix"), group(matcher, "index"))) : java.util.Optional.empty();
        }

        private String group(Matcher matcher, String name) {
            String text = pattern.namedGroups().containsKey(name) ? matcher.group(name) : null;
            return text == null ? "" : text;
        }
    }

    private record Match(Rule rule, String name, String suffix, String index) {
    }
}
