package dev.holdfast.verifier.prove;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.scratch.Refusal;
import dev.holdfast.postgres.scratch.ScratchCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Fills materialized views one by one after a restore that left them empty. */
final class MaterializedViews {

    private static final Duration WITHIN = Duration.ofHours(24);
    private static final String EMPTY_ONES = """
            SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), n.nspname || '.' || c.relname
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'm' AND NOT c.relispopulated ORDER BY c.oid""";
    private static final Set<String> FAILED = Set.of(Refusal.SQL_FAILED, Refusal.UNTOLD, "library-missing", "locale-missing");
    /** As pg_restore refreshes: without a search_path. Event triggers of the dump stay silent. */
    private static final String AS_RESTORED = "SET search_path = '';\nSET session_replication_role = replica;\n";

    private final ScratchCluster cluster;
    private final String database;

    MaterializedViews(ScratchCluster cluster, String database) {
        this.cluster = cluster;
        this.database = database;
    }

    /** A view as SQL names it, and as a dump's headers do (line feeds are blanks). */
    private record View(String sql, String name) {
    }

    /**
     * Refreshes again and again while one more succeeds, since one may read another.
     *
     * @param wanted the names of those that the archive fills
     * @return the names of those that could not be refreshed
     */
    Set<String> refresh(Set<String> wanted) {
        List<View> left = new ArrayList<>(cluster.query(database, EMPTY_ONES, WITHIN).stream()
                .map(row -> new View(row.getFirst(), row.getLast().replace('\n', ' ').replace('\r', ' ')))
                .filter(view -> wanted.contains(view.name())).toList());
        boolean progress = true;
        while (progress && !left.isEmpty()) {
            progress = left.removeIf(this::refreshed);
        }
        return left.stream().map(View::name).collect(Collectors.toSet());
    }

    private boolean refreshed(View view) {
        try {
            cluster.query(database, AS_RESTORED + "REFRESH MATERIALIZED VIEW " + view.sql(), WITHIN);
            return true;
        } catch (HoldfastException e) {
            if (!FAILED.contains(e.code())) {
                throw e;
            }
            return false;
        }
    }
}
