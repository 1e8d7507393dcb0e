package dev.holdfast.restore.compare;

import dev.holdfast.repository.manifest.Verification.Finding;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Differences found: the first hundred in full, the others counted. Holds names, counts and hashes, never values. */
public final class Findings {

    /** How many are kept in full. */
    public static final int SHOWN = 100;

    static final String ABSENT = "absent";

    private final List<Finding> shown = new ArrayList<>();
    private int total;

    /** Adds one; a name longer than 500 characters is cut. */
    public void add(String what, String where, String expected, String found) {
        total++;
        if (shown.size() < SHOWN) {
            shown.add(new Finding(what, where.length() > 500 ? where.substring(0, 500) + "…" : where, expected, found));
        }
    }

    /** Adds all of another list. */
    public void addAll(Findings other) {
        other.shown.forEach(f -> add(f.what(), f.where(), f.expected(), f.found()));
        total += other.total - other.shown.size();
    }

    public List<Finding> shown() {
        return List.copyOf(shown);
    }

    /** With those that are not shown. */
    public int total() {
        return total;
    }

    public boolean isEmpty() {
        return total == 0;
    }

    static String hash(byte[] sha256) {
        return sha256 == null ? ABSENT : "sha256 " + HexFormat.of().formatHex(sha256, 0, 8);
    }

    static String rows(MultisetHash hash) {
        return hash == null ? ABSENT : hash.count() + " rows, hash " + hash.hex().substring(0, 16);
    }

    static String objects(MultisetHash hash) {
        if (hash == null) {
            return ABSENT;
        }
        return (hash.count() == 1 ? "" : hash.count() + " of that name, ") + "sha256 " + hash.hex().substring(0, 16);
    }

    /** Calls back for every key of either map, in order; the missing side is null. */
    static <K extends Comparable<? super K>, V> void compareMaps(Map<K, V> expected, Map<K, V> found, Pair<K, V> pair) {
        TreeSet<K> keys = new TreeSet<>(expected.keySet());
        keys.addAll(found.keySet());
        keys.forEach(key -> pair.compare(key, expected.get(key), found.get(key)));
    }

    /** What to do with both sides of one key. */
    @FunctionalInterface
    interface Pair<K, V> {
        void compare(K key, V expected, V found);
    }
}
