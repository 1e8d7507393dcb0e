package dev.holdfast.service.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads the file into values by path. Works on nodes, not on objects: lines and duplicate keys are lost otherwise. */
final class YamlFile {

    private final Map<String, Found> values = new LinkedHashMap<>();
    private final List<ConfigProblem> problems;

    private YamlFile(List<ConfigProblem> problems) {
        this.problems = problems;
    }

    static Map<String, Found> read(Path file, List<ConfigProblem> problems) {
        YamlFile reading = new YamlFile(problems);
        try {
            Node root = new Yaml(new LoaderOptions()).compose(Files.newBufferedReader(file, StandardCharsets.UTF_8));
            if (root != null) {
                reading.walk(root, KeyTree.ROOT, "");
            }
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            problems.add(new ConfigProblem(file.getFileName().toString(), mark == null ? 0 : mark.getLine() + 1,
                    "is not YAML: " + e.getProblem(), "YAML; values with *, #, : or quotes in quotes"));
        } catch (IOException | YAMLException e) {
            problems.add(new ConfigProblem(file.toString(), 0, "can't be read: " + e, "a readable YAML file in UTF-8"));
        }
        return reading.values;
    }

    private void walk(Node node, KeyTree tree, String path) {
        switch (node) {
            case MappingNode mapping -> mapping(mapping, tree, path);
            case SequenceNode sequence -> sequence(sequence, tree, path);
            case ScalarNode scalar -> scalar(scalar, tree, path);
            default -> problem(path, node, "can't be read", "YAML without anchors to itself");
        }
    }

    private void mapping(MappingNode mapping, KeyTree tree, String path) {
        if (tree.key() != null && tree.key().type() == ConfigKey.ValueType.PROPERTIES) {
            properties(mapping, path);
            return;
        }
        if (!tree.takesMapping()) {
            problem(path, mapping, "is a mapping", accepted(tree));
            return;
        }
        Map<String, Integer> seen = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String name = name(tuple);
            String child = path.isEmpty() ? name : path + "." + name;
            Integer before = seen.putIfAbsent(name, line(tuple.getKeyNode()));
            if (before != null) {
                problem(child, tuple.getKeyNode(), "is there twice, first in line " + before, "each name once");
            } else if (tree.child(name) == null) {
                problem(child, tuple.getKeyNode(), "is no key" + DidYouMean.among(name, tree.children().keySet()),
                        String.join(", ", tree.children().keySet()));
            } else {
                named(tree, name, child, tuple);
            }
        }
    }

    private void named(KeyTree tree, String name, String path, NodeTuple tuple) {
        if (tree.takesNames() && !Names.valid(name)) {
            problem(path, tuple.getKeyNode(), "'" + name + "' is not a valid name", Names.ACCEPTED);
            return;
        }
        if (tree.takesNames()) {
            values.put(path, Found.inFile("", line(tuple.getKeyNode())));
        }
        walk(tuple.getValueNode(), tree.child(name), path);
    }

    private void properties(MappingNode mapping, String path) {
        for (NodeTuple tuple : mapping.getValue()) {
            String child = path + "." + name(tuple);
            if (tuple.getValueNode() instanceof MappingNode nested) {
                properties(nested, child);
            } else if (tuple.getValueNode() instanceof ScalarNode scalar) {
                values.put(child, Found.inFile(scalar.getValue(), line(scalar)));
            } else {
                problem(child, tuple.getValueNode(), "is a list", "a value");
            }
        }
    }

    private void sequence(SequenceNode sequence, KeyTree tree, String path) {
        boolean values = tree.key() != null && tree.key().isList();
        if (!values && tree.entry() == null) {
            problem(path, sequence, "is a list", accepted(tree));
            return;
        }
        for (int i = 0; i < sequence.getValue().size(); i++) {
            Node item = sequence.getValue().get(i);
            String child = path + "[" + i + "]";
            if (!values) {
                walk(item, tree.entry(), child);
            } else if (item instanceof ScalarNode scalar) {
                this.values.put(child, Found.inFile(scalar.getValue(), line(scalar)));
            } else {
                problem(child, item, "is not a single value", tree.key().accepted());
            }
        }
        if (values && sequence.getValue().isEmpty()) {
            this.values.put(path, Found.inFile("", line(sequence)));
        }
    }

    private void scalar(ScalarNode scalar, KeyTree tree, String path) {
        if (tree.key() != null) {
            if (!scalar.getTag().equals(Tag.NULL)) {
                values.put(path, Found.inFile(scalar.getValue(), line(scalar)));
            }
        } else if (!scalar.getTag().equals(Tag.NULL)) {
            problem(path.isEmpty() ? "the file" : path, scalar, "is a single value", accepted(tree));
        }
    }

    private static String accepted(KeyTree tree) {
        if (tree.key() != null) {
            return tree.key().accepted();
        }
        return tree.takesNames() ? "a mapping of names" : tree.entry() != null ? "a list of mappings"
                : "a mapping of " + String.join(", ", tree.children().keySet());
    }

    private static String name(NodeTuple tuple) {
        return tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
    }

    private static int line(Node node) {
        return node.getStartMark() == null ? 0 : node.getStartMark().getLine() + 1;
    }

    private void problem(String path, Node node, String message, String accepted) {
        problems.add(new ConfigProblem(path, line(node), message, accepted));
    }
}
