package dev.holdfast.verifier.prove;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.scratch.ScratchCluster;
import dev.holdfast.restore.ArchiveRestore;
import dev.holdfast.restore.Fingerprints;
import dev.holdfast.restore.RestoreFailed;
import dev.holdfast.restore.compare.Findings;
import dev.holdfast.restore.compare.Fingerprint;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The restored database against the archive. pg_dump leaves some settings of its session as they are, and the role that
 * dumped may have had them otherwise: where the texts differ in the restored database's own settings they are compared
 * once more in the other ones. Each comparison is complete, so being equal in one of them is being equal.
 */
final class Comparison {

    private static final Duration QUERY_WITHIN = Duration.ofMinutes(30);
    private static final String CANONICAL = "holdfast canonical definitions";
    private static final String BYTEA = "bytea_output";
    private static final String QUOTING = "quote_all_identifiers";
    private static final int FIRST_WITH_PROVIDERS = 15;
    private static final int FIRST_WITH_BUILTIN = 17;

    private final Subject subject;
    private final ScratchCluster cluster;
    private final String database;
    private final Fingerprint archive;
    private final Fingerprints fingerprints;
    private boolean canonicalMade;

    /** @param notRefreshed materialized views that are empty only because their query can't run here */
    Comparison(Subject subject, ScratchCluster cluster, Set<String> notRefreshed) {
        this.subject = subject;
        this.cluster = cluster;
        this.database = subject.manifest().source().databaseName();
        this.archive = subject.evidence().archive().withoutRefreshing(notRefreshed);
        this.fingerprints = new Fingerprints(cluster::start);
    }

    Findings differences() {
        String bytea = setting(BYTEA);
        String quoting = setting(QUOTING);
        Findings findings = differences(Map.of(BYTEA, bytea, QUOTING, quoting));
        if (findings.isEmpty()) {
            return findings;
        }
        boolean rows = findings.shown().stream().anyMatch(finding -> finding.what().equals("rows"));
        boolean definitions = findings.shown().stream().anyMatch(finding -> !finding.what().equals("rows"));
        Findings otherwise = differences(Map.of(
                BYTEA, rows && bytea.equals("hex") ? "escape" : rows ? "hex" : bytea,
                QUOTING, definitions && quoting.equals("off") ? "on" : definitions ? "off" : quoting));
        return otherwise.total() < findings.total() ? otherwise : findings;
    }

    private String setting(String name) {
        return cluster.query(database, "SELECT pg_catalog.current_setting('" + name + "')", QUERY_WITHIN).getFirst().getFirst();
    }

    private Findings differences(Map<String, String> session) {
        Fingerprint restored = restored(database, session);
        Fingerprint expected = archive.hasOtherTexts(restored) ? archive.inTheWordsOf(canonical(session)) : archive;
        return expected.differencesTo(restored);
    }

    private Fingerprint restored(String name, Map<String, String> session) {
        ConnectionSettings connection = cluster.connection(name).withSession(session);
        return restoredSide(cluster, () -> fingerprints.ofDatabase(connection, archive.encoding()));
    }

    /** What the server writes of the archive's own definitions, from an empty database. */
    private Fingerprint canonical(Map<String, String> session) {
        if (!canonicalMade) {
            makeCanonical();
            canonicalMade = true;
        }
        return restored(CANONICAL, session);
    }

    private void makeCanonical() {
        String create = cluster.query(database, "SELECT pg_catalog.format('CREATE DATABASE \"" + CANONICAL
                + "\" TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_catalog.pg_encoding_to_char(encoding),"
                + " datcollate, datctype)" + provider() + " FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()",
                QUERY_WITHIN).getFirst().getFirst();
        cluster.query("template1", create, QUERY_WITHIN);
        try (InputStream data = subject.open("data")) {
            // Refreshing counts as a definition for pg_restore, and there are no rows here to refresh from.
            new ArchiveRestore(cluster::start).definitions(data, cluster.connection(CANONICAL),
                    subject.entriesWithoutRefreshing(cluster));
        } catch (IOException e) {
            throw ProveBackup.unreadable(e);
        } catch (RestoreFailed e) {
            // All of it was restored once: that this did not succeed a second time is no word against the backup.
            if (Verdicts.isOwnTrouble(e)) {
                throw e;
            }
            throw unlessGone(cluster, "its definitions could not be restored a second time for comparison", e);
        }
    }

    /** Partition bounds and collations may be valid under the database's own locale only. */
    private String provider() {
        int major = Integer.parseInt(setting("server_version_num")) / 10_000;
        if (major < FIRST_WITH_PROVIDERS) {
            return "";
        }
        String locale = major < FIRST_WITH_BUILTIN ? "daticulocale" : "datlocale";
        return " || CASE datlocprovider WHEN 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L', " + locale + ")"
                + (major < FIRST_WITH_BUILTIN ? "" : " WHEN 'b' THEN pg_catalog.format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', "
                        + locale + ")")
                + " ELSE ' LOCALE_PROVIDER libc' END";
    }

    /** A restored database that its own pg_dump can't dump says nothing of the archive. */
    static <T> T restoredSide(ScratchCluster cluster, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (HoldfastException e) {
            if (Verdicts.isOwnTrouble(e)) {
                throw e;
            }
            throw unlessGone(cluster, "what was restored could not be dumped for comparison", e);
        }
    }

    /** Not provable in fixed words, or the verifier's own trouble where the server ended. */
    private static RuntimeException unlessGone(ScratchCluster cluster, String what, HoldfastException failure) {
        return cluster.isAlive() ? new NotProvable("tool", what, failure)
                : new HoldfastException(FailureKind.RETRIABLE, "scratch-server-gone", what + ": the scratch server ended",
                        "look whether the kernel ended it (out of memory); the system log tells", failure);
    }
}
