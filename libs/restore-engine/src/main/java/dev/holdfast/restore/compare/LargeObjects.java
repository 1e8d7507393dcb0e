package dev.holdfast.restore.compare;

import java.util.Map;
import java.util.TreeMap;

/**
 * Large objects by their number. There may be tens of millions, so beyond {@link #NAMED} of them only sums in buckets by
 * the low bits of the number are kept: a difference is still found, and named by its bucket.
 */
final class LargeObjects {

    static final int NAMED = 100_000;
    private static final int BUCKETS = 1 << 14;

    private final Map<Integer, MultisetHash> buckets = new TreeMap<>();
    private final Map<Long, byte[]> named = new TreeMap<>();
    private final Map<Integer, MultisetHash> definitions = new TreeMap<>();
    private final MultisetHash all = new MultisetHash();
    private boolean nameable = true;

    /** @param sha256 of the content */
    void add(long oid, byte[] sha256) {
        byte[] bound = Sha256.of("large object " + oid + " " + java.util.HexFormat.of().formatHex(sha256));
        all.add(bound);
        buckets.computeIfAbsent((int) (oid & BUCKETS - 1), b -> new MultisetHash()).add(bound);
        if (nameable) {
            named.put(oid, bound);
            if (named.size() > NAMED) {
                nameable = false;
                named.clear();
            }
        }
    }

    /**
     * Adds an object's definition and owner. Up to PostgreSQL 16 each has an entry of its own, later ones share entries
     * whose name is a range; both are kept in the same buckets.
     */
    void define(String name, byte[] sha256) {
        int space = name.indexOf(' ');
        String first = (space < 0 ? name : name.substring(0, space)).replaceAll("\\..*", "");
        long oid = first.chars().allMatch(Character::isDigit) && !first.isEmpty() ? Long.parseLong(first) : 0;
        definitions.computeIfAbsent((int) (oid & BUCKETS - 1), b -> new MultisetHash())
                .add(Sha256.of(name + " " + java.util.HexFormat.of().formatHex(sha256)));
    }

    long count() {
        return all.count();
    }

    void compare(LargeObjects found, Findings findings) {
        long before = findings.total();
        compareContents(found, findings);
        if (findings.total() > before) {
            return;
        }
        Findings.compareMaps(definitions, found.definitions, (bucket, expected, other) -> {
            if (expected == null || other == null || !expected.sameAs(other)) {
                findings.add("large object definition", "oid modulo " + BUCKETS + " = " + bucket,
                        Findings.objects(expected), Findings.objects(other));
            }
        });
    }

    private void compareContents(LargeObjects found, Findings findings) {
        if (all.sameAs(found.all)) {
            return;
        }
        if (nameable && found.nameable) {
            Findings.compareMaps(named, found.named, (oid, expected, other) -> {
                if (expected == null || other == null || !java.util.Arrays.equals(expected, other)) {
                    findings.add("large object", Long.toString(oid), Findings.hash(expected), Findings.hash(other));
                }
            });
        } else {
            Findings.compareMaps(buckets, found.buckets, (bucket, expected, other) -> {
                if (expected == null || other == null || !expected.sameAs(other)) {
                    findings.add("large object", "oid modulo " + BUCKETS + " = " + bucket, Findings.rows(expected),
                            Findings.rows(other));
                }
            });
        }
    }
}
