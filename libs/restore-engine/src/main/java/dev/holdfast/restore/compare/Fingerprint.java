package dev.holdfast.restore.compare;

import dev.holdfast.repository.manifest.Verification.Table;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a database holds, as counts and hashes: the rows of every table, the definition of every schema object, the
 * content of every large object. Its size depends on the number of objects, never on the amount of data.
 */
public final class Fingerprint {

    private static final String REFRESH = "MATERIALIZED VIEW DATA";

    private final Map<String, MultisetHash> tables = new TreeMap<>();
    private final Map<ObjectName, MultisetHash> objects = new TreeMap<>();
    private final Map<String, String> parents = new HashMap<>();
    private final Set<String> contentsNotInArchive = new HashSet<>();
    private LargeObjects largeObjects = new LargeObjects();
    private final Map<ObjectName, Integer> statements = new HashMap<>();
    private String databaseName;
    private String encoding;
    private boolean ended;

    Fingerprint() {
    }

    MultisetHash rows(String table) {
        return tables.computeIfAbsent(table, t -> new MultisetHash());
    }

    MultisetHash definitions(ObjectName name) {
        return objects.computeIfAbsent(name, n -> new MultisetHash());
    }

    /** Adds to how many statements the definitions of that name have. */
    void statements(ObjectName name, int count) {
        statements.merge(name, count, Integer::sum);
    }

    LargeObjects largeObjects() {
        return largeObjects;
    }

    void partition(String child, String parent) {
        parents.put(child, parent);
    }

    void materializedView(String name) {
        contentsNotInArchive.add(name);
    }

    void databaseName(String name) {
        this.databaseName = name;
    }

    void encoding(String name) {
        this.encoding = name;
    }

    void ended(boolean whole) {
        this.ended = whole;
    }

    /** Whether the script ended with the line that the dump programs write last. */
    public boolean isComplete() {
        return ended;
    }

    /** The encoding of the script, by PostgreSQL's name; empty where it names none. */
    public Optional<String> encoding() {
        return Optional.ofNullable(encoding);
    }

    /** The database's name as the script's header shows it (line feeds are blanks), empty where it creates none. */
    public Optional<String> databaseName() {
        return Optional.ofNullable(databaseName);
    }

    /** Materialized views: a dump holds their definition and no content. */
    public Set<String> contentsNotInArchive() {
        return Set.copyOf(contentsNotInArchive);
    }

    /** Materialized views that a restore fills; the others were empty at the source. */
    public Set<String> refreshed() {
        return objects.keySet().stream().filter(name -> name.type().equals(REFRESH)).map(ObjectName::where)
                .collect(Collectors.toSet());
    }

    /** The same without the refreshing of these materialized views. */
    public Fingerprint withoutRefreshing(Set<String> views) {
        Fingerprint result = copy();
        result.objects.putAll(objects);
        result.objects.keySet().removeIf(name -> name.type().equals(REFRESH) && views.contains(name.where()));
        return result;
    }

    /** Every table that has a data section, with its rows and their hash, in name order. */
    public List<Table> tables() {
        return tables.entrySet().stream().map(e -> new Table(e.getKey(), e.getValue().count(), e.getValue().hex()))
                .sorted(Comparator.comparing(Table::name)).toList();
    }

    public long tableCount() {
        return tables.size();
    }

    public long rowCount() {
        return tables.values().stream().mapToLong(MultisetHash::count).sum();
    }

    public long largeObjectCount() {
        return largeObjects.count();
    }

    public long objectCount() {
        return objects.values().stream().mapToLong(MultisetHash::count).sum();
    }

    /**
     * What the other one lacks, has too much of or has otherwise. Rows of a partitioned table are compared over all of
     * its partitions together where single partitions differ, because a row may belong to another partition in another
     * cluster (hash partitioning by an enum follows the enum's oids).
     */
    public Findings differencesTo(Fingerprint found) {
        Findings findings = new Findings();
        compareObjects(found, findings);
        compareRows(found, findings);
        largeObjects.compare(found.largeObjects, findings);
        return findings;
    }

    /** Whether any object that is on both sides has another text. */
    public boolean hasOtherTexts(Fingerprint found) {
        return objects.entrySet().stream().anyMatch(e -> {
            MultisetHash other = found.objects.get(e.getKey());
            return e.getKey().hasDeparsedText() && other != null && other.count() == e.getValue().count() && !other.sameAs(e.getValue());
        });
    }

    /**
     * Takes the definitions of {@code canonical} for objects that both have in equal number. {@code canonical} is what
     * the server itself writes after executing exactly this script's definitions in an empty database: deparsing is no
     * fixed point ({@code x IN ('a')} on varchar, the order of roles in a policy), so a text that was written once may
     * come back in other words. An object that is missing there stays as it was here, and so does one of another number
     * or with another number of statements: words change in a round trip, statements don't, and one that neither
     * restore executed must be missed.
     */
    public Fingerprint inTheWordsOf(Fingerprint canonical) {
        Fingerprint result = copy();
        objects.forEach((name, definitions) -> {
            MultisetHash other = canonical.objects.get(name);
            boolean replace = name.hasDeparsedText() && other != null && other.count() == definitions.count()
                    && Objects.equals(statements.get(name), canonical.statements.get(name));
            result.objects.put(name, replace ? other : definitions);
        });
        return result;
    }

    /** All but the objects. */
    private Fingerprint copy() {
        Fingerprint result = new Fingerprint();
        result.tables.putAll(tables);
        result.parents.putAll(parents);
        result.contentsNotInArchive.addAll(contentsNotInArchive);
        result.statements.putAll(statements);
        result.largeObjects = largeObjects;
        result.databaseName = databaseName;
        result.encoding = encoding;
        result.ended = ended;
        return result;
    }

    private void compareObjects(Fingerprint found, Findings findings) {
        Findings.compareMaps(objects, found.objects, (name, expected, other) -> {
            if (expected == null || other == null || !expected.sameAs(other)) {
                findings.add(name.what(), name.where(), Findings.objects(expected), Findings.objects(other));
            }
        });
    }

    private void compareRows(Fingerprint found, Findings findings) {
        Map<String, MultisetHash> expectedRoots = new TreeMap<>();
        Map<String, MultisetHash> foundRoots = new TreeMap<>();
        Set<String> suspects = new HashSet<>();
        Findings.compareMaps(tables, found.tables, (table, expected, other) -> {
            if (expected != null && other != null && expected.sameAs(other)) {
                return;
            }
            String root = root(table);
            if (root.equals(table)) {
                findings.add("rows", table, Findings.rows(expected), Findings.rows(other));
            } else {
                suspects.add(root);
            }
        });
        if (suspects.isEmpty()) {
            return;
        }
        sumOver(suspects, this, expectedRoots);
        sumOver(suspects, found, foundRoots);
        Findings.compareMaps(expectedRoots, foundRoots, (root, expected, other) -> {
            if (expected == null || other == null || !expected.sameAs(other)) {
                findings.add("rows", root, Findings.rows(expected), Findings.rows(other));
            }
        });
    }

    private void sumOver(Set<String> roots, Fingerprint side, Map<String, MultisetHash> sums) {
        side.tables.forEach((table, rows) -> {
            String root = root(table);
            if (roots.contains(root)) {
                sums.computeIfAbsent(root, r -> new MultisetHash()).addAll(rows);
            }
        });
    }

    private String root(String table) {
        String root = table;
        for (int depth = 0; depth < 64 && parents.containsKey(root); depth++) {
            root = parents.get(root);
        }
        return root;
    }
}
