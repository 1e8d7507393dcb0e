package dev.holdfast.service.config;

import java.util.Map;
import java.util.TreeMap;

/** The keys as a tree, for telling an unknown key from a known one and a value from a mapping. */
final class KeyTree {

    static final KeyTree ROOT = build();

    private final Map<String, KeyTree> children = new TreeMap<>();
    private KeyTree named;
    private KeyTree entry;
    private ConfigKey key;

    /** The child of that name, or null. */
    KeyTree child(String name) {
        KeyTree child = children.get(name);
        return child == null ? named : child;
    }

    /** What each entry of a list is, or null where it isn't a list of mappings. */
    KeyTree entry() {
        return entry;
    }

    /** The key that takes a value here, or null. */
    ConfigKey key() {
        return key;
    }

    boolean takesMapping() {
        return !children.isEmpty() || named != null;
    }

    /** Names are chosen by whoever writes the file. */
    boolean takesNames() {
        return named != null;
    }

    Map<String, KeyTree> children() {
        return children;
    }

    private static KeyTree build() {
        KeyTree root = new KeyTree();
        for (ConfigKey key : ConfigKeys.all()) {
            KeyTree node = root;
            for (String part : key.path().split("\\.")) {
                node = node.grow(part);
            }
            node.key = key;
            if (key.takesReference()) {
                for (String form : SecretReading.FORMS) {
                    node.grow(form).key = new ConfigKey(key.path() + "." + form, ConfigKey.ValueType.TEXT, "",
                            key.accepted(), "");
                }
            }
        }
        return root;
    }

    private KeyTree grow(String part) {
        if (part.startsWith("<")) {
            named = named == null ? new KeyTree() : named;
            return named;
        }
        if (part.endsWith("[]")) {
            KeyTree list = children.computeIfAbsent(part.substring(0, part.length() - 2), name -> new KeyTree());
            list.entry = list.entry == null ? new KeyTree() : list.entry;
            return list.entry;
        }
        return children.computeIfAbsent(part, name -> new KeyTree());
    }
}
