package dev.holdfast.verifier.prove;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.PgAmcheck;
import dev.holdfast.postgres.program.PostgresCommand;
import dev.holdfast.postgres.program.ProgramResult;
import dev.holdfast.postgres.scratch.Refusal;
import dev.holdfast.postgres.scratch.ScratchCluster;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.restore.ArchiveRestore;
import dev.holdfast.restore.Fingerprints;
import dev.holdfast.restore.RestoreFailed;
import dev.holdfast.restore.compare.Findings;
import dev.holdfast.restore.compare.Globals;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Restores into a scratch cluster and compares what is there then with what the archive holds. */
final class RestoreProof {

    private static final Duration GLOBALS_WITHIN = Duration.ofMinutes(10);
    private static final Duration QUERY_WITHIN = Duration.ofMinutes(30);
    private static final Duration AMCHECK_WITHIN = Duration.ofHours(12);
    private static final String UNTOLD = "an error that the server's log does not tell of";

    private final Subject subject;
    private final ScratchCluster cluster;
    private final Consumer<ScratchCluster> afterRestore;
    private final Evidence evidence;
    private final String database;
    private Set<String> notRefreshed = Set.of();
    private Optional<String> sourceBootstrap = Optional.empty();

    RestoreProof(Subject subject, ScratchCluster cluster, Consumer<ScratchCluster> afterRestore) {
        this.subject = subject;
        this.cluster = cluster;
        this.afterRestore = afterRestore;
        this.evidence = subject.evidence();
        this.database = subject.manifest().source().databaseName();
    }

    void run() {
        evidence.timed("globals", this::globals);
        boolean whole = restored();
        if (!whole) {
            evidence.timed("restore-without-refreshing", this::restoreWithoutRefreshing);
        }
        evidence.restoredIn("globals", whole ? "restore" : "restore-without-refreshing");
        evidence.reached(Level.RESTORE);
        noteVersions();
        afterRestore.accept(cluster);
        if (subject.order().level().includes(Level.EQUAL)) {
            step("compare", this::compare);
            step("amcheck", this::amcheck);
            step("assertions", this::assertions);
            evidence.reached(Level.EQUAL);
        }
    }

    /** These move no bytes that could be counted, yet whoever watches sees how far it is. */
    private void step(String phase, Runnable action) {
        subject.at(phase);
        evidence.timed(phase, action);
    }

    private void globals() {
        try (InputStream sql = subject.open("globals")) {
            sourceBootstrap = cluster.applyGlobals(sql, GLOBALS_WITHIN);
        } catch (IOException e) {
            throw ProveBackup.unreadable(e);
        } catch (HoldfastException e) {
            throw e instanceof Refusal refusal ? defect("globals", "globals.sql", "roles and grants that restore", refusal).orElse(e) : e;
        }
    }

    /** What a failed restore means follows from the server's own log and state; what pg_restore printed a dump can write. */
    private RuntimeException meaning(RestoreFailed failure, long logged) {
        if (Verdicts.isOwnTrouble(failure)) {
            return failure;
        }
        Refusal refusal = cluster.refusal("restoring an archive", logged, failure);
        if (Verdicts.isOwnTrouble(refusal)) {
            return refusal;
        }
        if (refusal.code().equals(Refusal.UNTOLD) && failure.code().equals(PostgresCommand.INCAPABLE)) {
            return failure;
        }
        String entry = entry(failure).orElse("archive");
        return defect("restore", entry, "restored", refusal).orElseGet(() -> Verdicts.at(entry, refusal));
    }

    /** Empty where the refusal speaks of this machine. */
    private static Optional<RuntimeException> defect(String what, String where, String expected, Refusal refusal) {
        Defect defect = Defect.of(what, where, expected, refusal.condition(), refusal);
        return switch (refusal.code()) {
            case Refusal.SQL_FAILED -> Optional.of(defect);
            case Refusal.UNTOLD -> Optional.of(new Unconfirmed(defect));
            case String other -> Optional.empty();
        };
    }

    private Optional<String> entry(RestoreFailed failure) {
        try (InputStream data = subject.open("data")) {
            return new ArchiveRestore(cluster::start).entry(data, failure);
        } catch (IOException e) {
            throw ProveBackup.unreadable(e);
        }
    }

    /** False where nothing but the filling of a materialized view failed so far. */
    private boolean restored() {
        long logged = cluster.logged();
        try {
            evidence.timed("restore", this::restore);
            return true;
        } catch (RestoreFailed e) {
            if (!e.isRefreshing()) {
                throw meaning(e, logged);
            }
            return false;
        }
    }

    /**
     * An archive holds no contents of materialized views: what their queries do in another database (reach a foreign
     * server, find a function by a search_path that a restore does not have) says nothing of the backup.
     */
    private void restoreWithoutRefreshing() {
        String name = cluster.query("template1", "SELECT pg_catalog.quote_ident(" + literal(database) + ")", QUERY_WITHIN)
                .getFirst().getFirst();
        cluster.query("template1", "ALTER DATABASE " + name + " IS_TEMPLATE false;\nDROP DATABASE " + name, QUERY_WITHIN);
        ArchiveRestore restore = new ArchiveRestore(cluster::start);
        Path entries = subject.entriesWithoutRefreshing(cluster);
        long logged = cluster.logged();
        try (InputStream data = subject.open("data")) {
            restore.create(data, cluster.connection("template1"), entries, subject.counting("restore", subject.plainBytes()));
        } catch (IOException e) {
            throw ProveBackup.unreadable(e);
        } catch (RestoreFailed e) {
            throw meaning(e, logged);
        }
        notRefreshed = new MaterializedViews(cluster, database).refresh(evidence.archive().refreshed());
        notRefreshed.stream().sorted().forEach(evidence::notRefreshed);
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
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
        Comparison comparison = new Comparison(subject, cluster, notRefreshed);
        Findings findings = comparison.differences();
        findings.addAll(compareGlobals(new Fingerprints(cluster::start)));
        if (!findings.isEmpty()) {
            throw new Defect(findings, null);
        }
    }

    private Findings compareGlobals(Fingerprints fingerprints) {
        Globals expected;
        try (InputStream sql = subject.open("globals")) {
            expected = Globals.read(sql);
        } catch (IOException e) {
            throw ProveBackup.unreadable(e);
        }
        if (!expected.isComplete()) {
            throw Defect.of("globals", "globals.sql", "the last line that pg_dumpall writes", "none", null);
        }
        Globals restored = Comparison.restoredSide(cluster, () -> fingerprints.ofCluster(cluster.connection("template1"), expected.hasPasswords()));
        Globals found = sourceBootstrap.map(name -> restored.grantedBy(name, cluster.superuser())).orElse(restored);
        evidence.globals(expected.count(cluster.superuser()));
        return expected.differencesTo(found, cluster.superuser());
    }

    /** An event trigger of the dump may forbid the extension that the check needs: it stays silent here. */
    private void amcheck() {
        PgAmcheck check = new PgAmcheck(cluster.connection(database).withSession(Map.of("session_replication_role", "replica")),
                cluster.jobs());
        Set<String> damaged = new TreeSet<>();
        ProgramResult result = cluster.run(check, line -> PgAmcheck.damagedRelation(line).ifPresent(damaged::add), AMCHECK_WITHIN);
        switch (result) {
            case ProgramResult.Exited exited when PgAmcheck.foundCorruption(exited) -> throw corruption(damaged);
            case ProgramResult.CouldNotStart missing when subject.manifest().source().serverMajor() < PgAmcheck.FIRST_MAJOR ->
                    evidence.notCompared("structure of tables and indexes: pg_amcheck " + missing.describe());
            case ProgramResult.Exited exited when !exited.succeeded() -> throw cluster.isAlive() ? notChecked(exited)
                    : cluster.refusal("checking with pg_amcheck", cluster.logged(), null);
            case ProgramResult.CouldNotStart missing -> throw notChecked(missing);
            // Ended from outside, by a shutdown too: it must not count as a check that found nothing.
            case ProgramResult other -> check.check(other);
        }
    }

    /** A check that did not come to its end found nothing out. */
    private static NotProvable notChecked(ProgramResult result) {
        return new NotProvable("tool", "the structure of tables and indexes could not be checked: pg_amcheck " + result.describe(), null);
    }

    private Defect corruption(Set<String> damaged) {
        Findings findings = new Findings();
        damaged.forEach(relation -> findings.add("corruption", relation, "pg_amcheck finds nothing", "pg_amcheck reports corruption"));
        if (findings.isEmpty()) {
            findings.add("corruption", "database " + database, "pg_amcheck finds nothing", "pg_amcheck reports corruption");
        }
        return new Defect(findings, null);
    }

    private void assertions() {
        Findings failed = new Findings();
        boolean told = false;
        for (ProofOrder.Assertion assertion : subject.order().assertions()) {
            String answer = answer(assertion);
            if (answer.equals("t")) {
                evidence.assertionHeld();
            } else {
                failed.add("assertion", assertion.name(), "one row with one column, true", answer);
                told |= !answer.equals(UNTOLD);
            }
        }
        if (!failed.isEmpty()) {
            Defect defect = new Defect(failed, null);
            throw told ? defect : new Unconfirmed(defect);
        }
    }

    private String answer(ProofOrder.Assertion assertion) {
        try {
            List<List<String>> rows = cluster.firstTwo(database, "SET default_transaction_read_only = on;\n" + assertion.sql(),
                    QUERY_WITHIN);
            if (rows.size() != 1 || rows.getFirst().size() != 1) {
                return rows.isEmpty() ? "no row" : rows.size() > 1 ? "several rows" : "several columns";
            }
            return rows.getFirst().getFirst().equals("t") ? "t" : "not true";
        } catch (HoldfastException e) {
            return switch (e.code()) {
                case Refusal.SQL_FAILED -> "an error";
                case Refusal.UNTOLD -> UNTOLD;
                case String other -> throw e;
            };
        }
    }
}
