package dev.holdfast.verifier.prove;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.PgAmcheck;
import dev.holdfast.postgres.program.ProgramResult;
import dev.holdfast.postgres.scratch.ScratchCluster;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.restore.ArchiveRestore;
import dev.holdfast.restore.Fingerprints;
import dev.holdfast.restore.compare.Findings;
import dev.holdfast.restore.compare.Fingerprint;
import dev.holdfast.restore.compare.Globals;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Restores into a scratch cluster and compares what is there then with what the archive holds. */
final class RestoreProof {

    private static final Duration GLOBALS_WITHIN = Duration.ofMinutes(10);
    private static final Duration QUERY_WITHIN = Duration.ofMinutes(30);
    private static final Duration AMCHECK_WITHIN = Duration.ofHours(12);
    private static final String CANONICAL = "holdfast canonical definitions";

    private final Subject subject;
    private final ScratchCluster cluster;
    private final Consumer<ScratchCluster> afterRestore;
    private final Evidence evidence;
    private final String database;

    RestoreProof(Subject subject, ScratchCluster cluster, Consumer<ScratchCluster> afterRestore) {
        this.subject = subject;
        this.cluster = cluster;
        this.afterRestore = afterRestore;
        this.evidence = subject.evidence();
        this.database = subject.manifest().source().databaseName();
    }

    void run() {
        evidence.timed("globals", this::globals);
        evidence.timed("restore", this::restore);
        evidence.restoredIn("globals", "restore");
        evidence.reached(Level.RESTORE);
        noteVersions();
        afterRestore.accept(cluster);
        if (subject.order().level().includes(Level.EQUAL)) {
            evidence.timed("compare", this::compare);
            evidence.timed("amcheck", this::amcheck);
            evidence.timed("assertions", this::assertions);
            evidence.reached(Level.EQUAL);
        }
    }

    private void globals() {
        try (InputStream sql = subject.open("globals")) {
            cluster.applyGlobals(sql, GLOBALS_WITHIN);
        } catch (IOException e) {
            throw ProveBackup.unreadable(e);
        }
    }

    private void restore() {
        if (database.equals("postgres")) {
            cluster.query("template1", "DROP DATABASE postgres", QUERY_WITHIN);
        }
        try (InputStream data = subject.open("data")) {
            new ArchiveRestore(cluster::start).create(data, cluster.connection("template1"),
                    subject.counting("restore", subject.plainBytes()));
        } catch (IOException e) {
            throw ProveBackup.unreadable(e);
        }
    }

    private void noteVersions() {
        Manifest.Source source = subject.manifest().source();
        if (subject.manifest().tool().major() > source.serverMajor()) {
            evidence.notCompared("PostgreSQL %d, the dump program's major, was restored into; the source is %d"
                    .formatted(subject.manifest().tool().major(), source.serverMajor()));
        }
        Map<String, String> here = cluster.query(database, "SELECT extname, extversion FROM pg_catalog.pg_extension",
                QUERY_WITHIN).stream().collect(Collectors.toMap(List::getFirst, List::getLast));
        source.extensions().forEach(extension -> {
            String version = here.get(extension.name());
            if (version != null && !version.equals(extension.version())) {
                evidence.notCompared("extension %s: version %s at the source, %s here"
                        .formatted(extension.name(), extension.version(), version));
            }
        });
    }

    private void compare() {
        Fingerprints fingerprints = new Fingerprints(cluster::start);
        Fingerprint expected = evidence.archive();
        Fingerprint restored = restoredSide(() -> fingerprints.ofDatabase(cluster.connection(database)));
        if (expected.hasOtherTexts(restored)) {
            expected = expected.inTheWordsOf(canonical(fingerprints));
        }
        Findings findings = expected.differencesTo(restored);
        findings.addAll(compareGlobals(fingerprints));
        if (!findings.isEmpty()) {
            throw new Defect(findings, null);
        }
    }

    /** What the server writes of the archive's own definitions, from an empty database. */
    private Fingerprint canonical(Fingerprints fingerprints) {
        String encoding = cluster.query(database, "SELECT pg_catalog.getdatabaseencoding()", QUERY_WITHIN).getFirst().getFirst();
        cluster.query("template1", "CREATE DATABASE \"" + CANONICAL + "\" TEMPLATE template0 ENCODING '" + encoding
                + "' LC_COLLATE 'C' LC_CTYPE 'C'", QUERY_WITHIN);
        try (InputStream data = subject.open("data")) {
            new ArchiveRestore(cluster::start).definitions(data, cluster.connection(CANONICAL));
        } catch (IOException e) {
            throw ProveBackup.unreadable(e);
        }
        return restoredSide(() -> fingerprints.ofDatabase(cluster.connection(CANONICAL)));
    }

    private Findings compareGlobals(Fingerprints fingerprints) {
        Globals expected;
        try (InputStream sql = subject.open("globals")) {
            expected = Globals.read(sql);
        } catch (IOException e) {
            throw ProveBackup.unreadable(e);
        }
        Globals restored = restoredSide(() -> fingerprints.ofCluster(cluster.connection("template1"), expected.hasPasswords()));
        evidence.globals(expected.count(cluster.superuser()));
        return expected.differencesTo(restored, cluster.superuser());
    }

    /** A restored database that its own pg_dump can't dump says nothing of the archive. */
    private static <T> T restoredSide(java.util.function.Supplier<T> reading) {
        try {
            return reading.get();
        } catch (HoldfastException e) {
            if (e.code().equals("dump-failed") || e.code().equals("archive-unreadable")) {
                throw new NotProvable("tool", "what was restored could not be dumped for comparison: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    private void amcheck() {
        PgAmcheck check = new PgAmcheck(cluster.connection(database), cluster.jobs());
        ProgramResult result = cluster.run(check, InputStream.nullInputStream(), AMCHECK_WITHIN);
        if (PgAmcheck.foundCorruption(result)) {
            throw Defect.of("corruption", "database " + database, "pg_amcheck finds nothing", "pg_amcheck reports corruption", null);
        }
        if (!result.succeeded()) {
            evidence.notCompared("structure of tables and indexes: pg_amcheck " + result.describe());
        }
    }

    private void assertions() {
        Findings failed = new Findings();
        for (ProofOrder.Assertion assertion : subject.order().assertions()) {
            String answer = answer(assertion);
            if (answer.equals("t")) {
                evidence.assertionHeld();
            } else {
                failed.add("assertion", assertion.name(), "one row with one column, true", answer);
            }
        }
        if (!failed.isEmpty()) {
            throw new Defect(failed, null);
        }
    }

    private String answer(ProofOrder.Assertion assertion) {
        try {
            List<List<String>> rows = cluster.query(database, "SET default_transaction_read_only = on;\n" + assertion.sql(),
                    QUERY_WITHIN);
            if (rows.size() != 1 || rows.getFirst().size() != 1) {
                return rows.size() + " rows" + (rows.isEmpty() ? "" : " of " + rows.getFirst().size() + " columns");
            }
            return rows.getFirst().getFirst().equals("t") ? "t" : "not true";
        } catch (HoldfastException e) {
            if (e.code().equals("sql-failed")) {
                return "an error";
            }
            throw e;
        }
    }
}
