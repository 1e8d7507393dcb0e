package dev.holdfast.scheduler.catalog;

import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.CatalogEntry;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ProofResult;
import dev.holdfast.scheduler.catalog.RepositoryContents.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The newest state of each backup: a fold over the log, corrected by the repositories. Bears events twice and in any
 * order between producers: what is stored never goes back to being asked for. Proofs are kept by copy; a backup is in the
 * state of the copy that is worst off, by the level that its database's policy asks for.
 */
public final class Catalog {

    private static final Comparator<CatalogEntry> NEWEST_FIRST =
            Comparator.comparing(CatalogEntry::fireTime).thenComparing(CatalogEntry::backupId).reversed();
    private static final Set<String> STORED = Set.of("completed", "verified", "unproven", "refuted");

    private final Map<Key, Row> rows = new HashMap<>();
    private final Map<String, Set<Key>> byDatabase = new HashMap<>();
    private final Set<Key> changed = new LinkedHashSet<>();
    private final UnaryOperator<String> level;
    private long version;

    /** @param level what the policy of a database, by alias, calls verified */
    public Catalog(UnaryOperator<String> level) {
        this.level = level;
    }

    private record Key(String database, String backupId) {
    }

    /** What is known without the proofs, the proofs, and what both say together. */
    private record Row(CatalogEntry base, CopyProofs proofs, CatalogEntry entry, long version) {
    }

    /** A stored copy of which a result is known. */
    record ProvenCopy(String database, String kind, String repository, Instant snapshotTime, boolean verified) {
    }

    /** A point in the catalog's history; {@link #merge} leaves alone what changed after it. */
    public record Mark(long version) {
    }

    public static boolean isStored(CatalogEntry entry) {
        return STORED.contains(entry.state());
    }

    /** Takes over what the table says of a backup that is not known yet. */
    public synchronized void load(CatalogEntry entry) {
        Key key = new Key(entry.database(), entry.backupId());
        if (!rows.containsKey(key)) {
            set(key, new Row(entry, CopyProofs.NONE, entry, ++version));
        }
    }

    /** Folds one event in; those that say nothing about a backup change nothing. */
    public synchronized void apply(Event<? extends Payload> event) {
        Instant at = event.time() == null ? Instant.EPOCH : event.time();
        switch (event.data()) {
            case BackupAccepted e -> accepted(e, at);
            case BackupStarted e -> started(e, at);
            case BackupFailed e -> failed(e, at);
            case BackupCompleted e -> completed(e);
            case BackupVerified e -> proof(e.database(), e.backupId(), e.kind(), e.repository(),
                    new ProofResult("verified", e.level(), at, e.restoreSeconds(), null));
            case BackupRefuted e -> proof(e.database(), e.backupId(), e.kind(), e.repository(),
                    new ProofResult("refuted", e.level(), at, null, e.findingsTotal() + " differences in " + e.repository()));
            case BackupUnproven e -> proof(e.database(), e.backupId(), e.kind(), e.repository(),
                    new ProofResult("unproven", e.levelReached(), at, null, e.reason() + ": " + e.detail()));
            case BackupExpired e -> expired(e, at);
            case RunCancelled e when e.activity().equals("backup") -> ended(known(e.database(), e.runId(), null, at), at,
                    "cancelled by " + e.requester() + ": " + e.reason());
            default -> { }
        }
    }

    /** Newest fire time first. */
    public synchronized List<CatalogEntry> entries() {
        return rows.values().stream().map(Row::entry).sorted(NEWEST_FIRST).toList();
    }

    /** Those of one database, newest fire time first. */
    public synchronized List<CatalogEntry> entries(String database) {
        return byDatabase.getOrDefault(database, Set.of()).stream().map(key -> rows.get(key).entry()).sorted(NEWEST_FIRST).toList();
    }

    /** Takes what changed since it was asked last; whoever can't use it says so by {@link #changedAgain}. */
    synchronized List<CatalogEntry> takeChanged() {
        List<CatalogEntry> entries = changed.stream().map(key -> rows.get(key).entry()).toList();
        changed.clear();
        return entries;
    }

    synchronized void changedAgain(CatalogEntry entry) {
        changed.add(new Key(entry.database(), entry.backupId()));
    }

    public Optional<CatalogEntry> find(String backupId) {
        return entries().stream().filter(entry -> entry.backupId().equals(backupId)).findFirst();
    }

    /** The newest fire time that a schedule asked for, whatever came of it. A backup on request takes the place of none. */
    public synchronized Optional<Instant> lastFired(String database, String kind) {
        return byDatabase.getOrDefault(database, Set.of()).stream().map(key -> rows.get(key).entry())
                .filter(entry -> entry.kind().equals(kind))
                .filter(entry -> BackupId.scheduled(database, kind, entry.fireTime()).toString().equals(entry.backupId()))
                .map(CatalogEntry::fireTime).max(Comparator.naturalOrder());
    }

    /** Oldest snapshot first. */
    synchronized List<ProvenCopy> provenCopies() {
        List<ProvenCopy> copies = new ArrayList<>();
        for (Row row : rows.values()) {
            CatalogEntry entry = row.entry();
            if (isStored(entry) && entry.snapshotTime() != null) {
                row.proofs().proofs(level.apply(entry.database())).forEach((repository, proof) -> {
                    if (entry.repositories().contains(repository)) {
                        copies.add(new ProvenCopy(entry.database(), entry.kind(), repository, entry.snapshotTime(), proof.isVerified()));
                    }
                });
            }
        }
        copies.sort(Comparator.comparing(ProvenCopy::snapshotTime));
        return copies;
    }

    /** By database the newest snapshot of which a copy is verified. */
    public synchronized Map<String, Instant> newestVerified() {
        Map<String, Instant> newest = new HashMap<>();
        provenCopies().stream().filter(ProvenCopy::verified).forEach(copy -> newest.put(copy.database(), copy.snapshotTime()));
        return newest;
    }

    public synchronized Mark mark() {
        return new Mark(version);
    }

    /** Corrects what did not change since {@code before} by what the repositories hold: they are the truth. */
    public synchronized void merge(Mark before, RepositoryContents contents) {
        Map<Key, Stored> found = contents.stored().stream()
                .collect(Collectors.toMap(stored -> new Key(stored.entry().database(), stored.entry().backupId()), stored -> stored));
        found.forEach((key, truth) -> {
            Row known = rows.get(key);
            if (known == null || known.version() <= before.version()) {
                if (known == null) {
                    put(key, truth.entry(), new CopyProofs(truth.results()));
                } else {
                    correct(key, known, truth, contents.readable());
                }
            }
        });
        for (Map.Entry<Key, Row> row : List.copyOf(rows.entrySet())) {
            CatalogEntry entry = row.getValue().entry();
            boolean asked = !entry.repositories().isEmpty() && contents.readable().containsAll(entry.repositories())
                    && !contents.unclear().contains(entry.backupId());
            if (isStored(entry) && asked && !found.containsKey(row.getKey()) && row.getValue().version() <= before.version()) {
                put(row.getKey(), with(entry, "expired", entry.stateSince(), List.of(), "no repository holds it any more"), CopyProofs.NONE);
            }
        }
    }

    /** A copy in a repository that could not be read is believed to be there still, with whatever was proven of it. */
    private void correct(Key key, Row known, Stored truth, Set<String> readable) {
        Set<String> unread = new TreeSet<>(known.entry().repositories());
        unread.removeAll(readable);
        if (unread.isEmpty() || !isStored(known.entry())) {
            put(key, truth.entry(), new CopyProofs(truth.results()));
            return;
        }
        Map<String, List<ProofResult>> results = new HashMap<>(known.proofs().results());
        results.keySet().retainAll(unread);
        unread.addAll(truth.entry().repositories());
        CatalogEntry base = known.base();
        put(key, with(base, base.state(), base.stateSince(), List.copyOf(unread), base.detail()),
                new CopyProofs(results).plus(truth.results()));
    }

    private void accepted(BackupAccepted e, Instant at) {
        Key key = new Key(e.database(), e.backupId());
        if (!rows.containsKey(key)) {
            put(key, fresh(e.database(), e.backupId(), e.kind(), "accepted", at), CopyProofs.NONE);
        }
    }

    private void started(BackupStarted e, Instant at) {
        CatalogEntry known = known(e.database(), e.backupId(), e.kind(), at);
        if (!isStored(known) && !known.state().equals("expired")) {
            put(known, with(known, "started", at, known.repositories(), "attempt " + e.attempt() + " on " + e.worker()));
        }
    }

    private void failed(BackupFailed e, Instant at) {
        if (e.backupId() == null) {
            return;
        }
        ended(known(e.database(), e.backupId(), e.kind(), at), at, e.code() + ": " + e.reason());
    }

    private void ended(CatalogEntry known, Instant at, String why) {
        if (!isStored(known) && !known.state().equals("expired")) {
            put(known, with(known, "failed", at, known.repositories(), why));
        }
    }

    private void completed(BackupCompleted e) {
        CatalogEntry known = known(e.database(), e.backupId(), e.kind(), e.endedAt());
        if (known.state().equals("expired")) {
            return;
        }
        boolean stored = isStored(known);
        put(known, new CatalogEntry(e.database(), e.backupId(), e.kind(), stored ? known.state() : "completed",
                known.fireTime(), e.snapshotTime(), stored ? known.stateSince() : e.endedAt(), e.storedBytes(),
                seconds(e.startedAt(), e.endedAt()), e.copies().stream().map(BackupCompleted.Copy::repository).sorted().toList(),
                known.level(), known.restoreSeconds(), stored ? known.detail() : lost(e)));
    }

    private static String lost(BackupCompleted e) {
        return e.lostCopies() == null || e.lostCopies().isEmpty() ? null : e.lostCopies().stream()
                .map(copy -> copy.repository() + ": " + copy.code()).collect(Collectors.joining(", ", "no copy in ", ""));
    }

    private void proof(String database, String backupId, String kind, String repository, ProofResult result) {
        CatalogEntry known = known(database, backupId, kind, result.endedAt());
        if (!known.state().equals("expired")) {
            CatalogEntry base = isStored(known) ? known : with(known, "completed", result.endedAt(), known.repositories(), null);
            Key key = new Key(database, backupId);
            put(key, base, proofs(key).plus(repository, result));
        }
    }

    private void expired(BackupExpired e, Instant at) {
        CatalogEntry known = known(e.database(), e.backupId(), e.kind(), at);
        List<String> left = new ArrayList<>(known.repositories());
        left.remove(e.repository());
        Key key = new Key(e.database(), e.backupId());
        put(key, left.isEmpty() ? with(known, "expired", at, List.of(), e.rule())
                : with(known, known.state(), known.stateSince(), left, known.detail()), proofs(key).without(e.repository()));
    }

    private CopyProofs proofs(Key key) {
        Row row = rows.get(key);
        return row == null ? CopyProofs.NONE : row.proofs();
    }

    /** Without the proofs. */
    private CatalogEntry known(String database, String backupId, String kind, Instant at) {
        Row row = rows.get(new Key(database, backupId));
        return row == null ? fresh(database, backupId, kind, "accepted", at) : row.base();
    }

    private static CatalogEntry fresh(String database, String backupId, String kind, String state, Instant at) {
        return new CatalogEntry(database, backupId, kind == null ? BackupId.parse(backupId).kind() : kind, state,
                BackupId.parse(backupId).fireTime(), null, at, null, null, List.of(), null, null, null);
    }

    static CatalogEntry with(CatalogEntry entry, String state, Instant since, List<String> repositories, String detail) {
        return new CatalogEntry(entry.database(), entry.backupId(), entry.kind(), state, entry.fireTime(), entry.snapshotTime(),
                since, entry.storedBytes(), entry.durationSeconds(), repositories, entry.level(), entry.restoreSeconds(), detail);
    }

    private void put(CatalogEntry known, CatalogEntry entry) {
        Key key = new Key(known.database(), known.backupId());
        put(key, entry, proofs(key));
    }

    private void put(Key key, CatalogEntry base, CopyProofs proofs) {
        Row row = rows.get(key);
        if (row == null || !row.base().equals(base) || !row.proofs().equals(proofs)) {
            CatalogEntry entry = isStored(base) ? proofs.worst(base, level.apply(base.database())) : base;
            set(key, new Row(base, proofs, entry, ++version));
        }
    }

    private void set(Key key, Row row) {
        rows.put(key, row);
        byDatabase.computeIfAbsent(key.database(), database -> new HashSet<>()).add(key);
        changed.add(key);
    }

    static Double seconds(Instant from, Instant to) {
        return from == null || to == null ? null : Duration.between(from, to).toMillis() / 1000.0;
    }
}
