package dev.holdfast.verifier.prove;

import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.restore.compare.Findings;
import dev.holdfast.restore.compare.Fingerprint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What one proof has found so far, and the document made of it. Used by one thread. */
final class Evidence {

    private static final int FORMAT_VERSION = 1;

    private final ManifestDocument manifest;
    private final String repository;
    private final String verifier;
    private final Clock clock;
    private final Instant startedAt;
    private final Map<String, Double> durations = new LinkedHashMap<>();
    private final Set<String> notCompared = new LinkedHashSet<>();
    private Optional<Level> reached = Optional.empty();
    private String isolation = "none";
    private Double restoreSeconds;
    private Fingerprint archive;
    private long globals;
    private int assertions;

    Evidence(ManifestDocument manifest, String repository, String verifier, Clock clock) {
        this(manifest, repository, verifier, clock, clock.instant());
    }

    private Evidence(ManifestDocument manifest, String repository, String verifier, Clock clock, Instant startedAt) {
        this.manifest = manifest;
        this.repository = repository;
        this.verifier = verifier;
        this.clock = clock;
        this.startedAt = startedAt;
    }

    /** Of the same proof, done anew. */
    Evidence again() {
        return new Evidence(manifest, repository, verifier, clock, startedAt);
    }

    /** Times a phase, also one that fails. */
    void timed(String phase, Runnable act) {
        long start = System.nanoTime();
        try {
            act.run();
        } finally {
            durations.merge(phase, Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0, Double::sum);
        }
    }

    void reached(Level level) {
        reached = Optional.of(level);
    }

    void isolation(String label) {
        isolation = label;
    }

    /** The proven recovery time: roles and archive, from the first byte to the last index. */
    void restoredIn(String... phases) {
        double seconds = 0;
        for (String phase : phases) {
            seconds += durations.getOrDefault(phase, 0.0);
        }
        restoreSeconds = seconds;
    }

    void archive(Fingerprint fingerprint) {
        archive = fingerprint;
        fingerprint.contentsNotInArchive().stream().sorted()
                .forEach(view -> notCompared("contents of materialized view " + view));
    }

    /** A view whose contents the restore could not make; replaces the general note. */
    void notRefreshed(String view) {
        notCompared.remove("contents of materialized view " + view);
        notCompared("contents of materialized view " + view + ": could not be refreshed");
    }

    Fingerprint archive() {
        return archive;
    }

    void globals(long count) {
        globals = count;
    }

    void assertionHeld() {
        assertions++;
    }

    void notCompared(String what) {
        notCompared.add(what);
    }

    Verification verified() {
        return document("verified", new Findings(), null, null);
    }

    Verification refuted(Findings findings) {
        return document("refuted", findings, null, null);
    }

    Verification unproven(String reason, String detail) {
        return document("unproven", new Findings(), reason, detail);
    }

    private Verification document(String outcome, Findings findings, String reason, String detail) {
        boolean known = archive != null;
        return new Verification(FORMAT_VERSION, manifest.manifest().backupId(), manifest.alias(), repository,
                manifest.sha256(), outcome, reached.map(Level::label).orElse("none"), startedAt, clock.instant(), verifier,
                isolation, findings.shown(), findings.total(), reason, detail, durations, restoreSeconds,
                new Verification.Counts(known ? archive.tableCount() : 0, known ? archive.rowCount() : 0,
                        known ? archive.largeObjectCount() : 0, (known ? archive.objectCount() : 0) + globals, assertions),
                known && outcome.equals("verified") ? archive.tables() : List.of(), notes());
    }

    /** The first hundred, and how many more there are. */
    private List<String> notes() {
        List<String> notes = new ArrayList<>(notCompared.stream().limit(Findings.SHOWN).toList());
        if (notCompared.size() > Findings.SHOWN) {
            notes.add((notCompared.size() - Findings.SHOWN) + " more");
        }
        return notes;
    }
}
