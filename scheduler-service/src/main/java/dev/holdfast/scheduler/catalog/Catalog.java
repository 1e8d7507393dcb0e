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
import dev.holdfast.repository.BackupId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The newest state of each backup: a fold over the log, corrected by the repositories. Bears events twice and in any
 * order between producers: what is stored never goes back to being asked for, and an unproven attempt says nothing
 * against an earlier proof.
 */
public final class Catalog {

    private static final Set<String> STORED = Set.of("completed", "verified", "unproven", "refuted");

    private final Map<Key, Row> rows = new HashMap<>();
    private long version;

    private record Key(String database, String backupId) {
    }

    private record Row(CatalogEntry entry, long version) {
    }

    /** A point in the catalog's history; {@link #merge} leaves alone what changed after it. */
    public record Mark(long version) {
    }

    public static boolean isStored(CatalogEntry entry) {
        return STORED.contains(entry.state());
    }

    /** Takes over what the table says of a backup that is not known yet. */
    public synchronized void load(CatalogEntry entry) {
        rows.putIfAbsent(new Key(entry.database(), entry.backupId()), new Row(entry, ++version));
    }

    /** Folds one event in; those that say nothing about a backup change nothing. */
    public synchronized void apply(Event<? extends Payload> event) {
        Instant at = event.time() == null ? Instant.EPOCH : event.time();
        switch (event.data()) {
            case BackupAccepted e -> accepted(e, at);
            case BackupStarted e -> started(e, at);
            case BackupFailed e -> failed(e, at);
            case BackupCompleted e -> completed(e);
            case BackupVerified e -> proof(e.database(), e.backupId(), e.kind(), "verified", at, e.level(), e.restoreSeconds(), null);
            case BackupRefuted e -> proof(e.database(), e.backupId(), e.kind(), "refuted", at, e.level(), null,
                    e.findingsTotal() + " differences in " + e.repository());
            case BackupUnproven e -> unproven(e, at);
            case BackupExpired e -> expired(e, at);
            default -> { }
        }
    }

    /** Newest fire time first. */
    public synchronized List<CatalogEntry> entries() {
        return rows.values().stream().map(Row::entry)
                .sorted(Comparator.comparing(CatalogEntry::fireTime).thenComparing(CatalogEntry::backupId).reversed()).toList();
    }

    public List<CatalogEntry> entries(String database) {
        return entries().stream().filter(entry -> entry.database().equals(database)).toList();
    }

    public Optional<CatalogEntry> find(String backupId) {
        return entries().stream().filter(entry -> entry.backupId().equals(backupId)).findFirst();
    }

    public synchronized Mark mark() {
        return new Mark(version);
    }

    /** Corrects what did not change since {@code before} by what the repositories hold: they are the truth. */
    public synchronized void merge(Mark before, RepositoryContents contents) {
        Map<Key, CatalogEntry> found = contents.stored().stream()
                .collect(Collectors.toMap(entry -> new Key(entry.database(), entry.backupId()), entry -> entry));
        found.forEach((key, truth) -> {
            Row known = rows.get(key);
            if (known == null || known.version() <= before.version()) {
                put(key, known == null ? truth : corrected(known.entry(), truth, contents.readable()));
            }
        });
        for (Map.Entry<Key, Row> row : List.copyOf(rows.entrySet())) {
            CatalogEntry entry = row.getValue().entry();
            boolean asked = !entry.repositories().isEmpty() && contents.readable().containsAll(entry.repositories())
                    && !contents.unclear().contains(entry.backupId());
            if (isStored(entry) && asked && !found.containsKey(row.getKey()) && row.getValue().version() <= before.version()) {
                put(row.getKey(), with(entry, "expired", entry.stateSince(), List.of(), "no repository holds it any more"));
            }
        }
    }

    /** A copy in a repository that could not be read is believed to be there still, with whatever was proven of it. */
    private static CatalogEntry corrected(CatalogEntry known, CatalogEntry truth, Set<String> readable) {
        Set<String> unread = new TreeSet<>(known.repositories());
        unread.removeAll(readable);
        if (unread.isEmpty() || !isStored(known)) {
            return truth;
        }
        unread.addAll(truth.repositories());
        return with(known, known.state(), known.stateSince(), List.copyOf(unread), known.detail());
    }

    private void accepted(BackupAccepted e, Instant at) {
        Key key = new Key(e.database(), e.backupId());
        if (!rows.containsKey(key)) {
            put(key, fresh(e.database(), e.backupId(), e.kind(), "accepted", at));
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
        CatalogEntry known = known(e.database(), e.backupId(), e.kind(), at);
        if (!isStored(known) && !known.state().equals("expired")) {
            put(known, with(known, "failed", at, known.repositories(), e.code() + ": " + e.reason()));
        }
    }

    private void completed(BackupCompleted e) {
        CatalogEntry known = known(e.database(), e.backupId(), e.kind(), e.endedAt());
        if (known.state().equals("expired")) {
            return;
        }
        boolean proven = isStored(known);
        put(known, new CatalogEntry(e.database(), e.backupId(), e.kind(), proven ? known.state() : "completed",
                known.fireTime(), e.snapshotTime(), proven ? known.stateSince() : e.endedAt(), e.storedBytes(),
                seconds(e.startedAt(), e.endedAt()), e.copies().stream().map(BackupCompleted.Copy::repository).sorted().toList(),
                known.level(), known.restoreSeconds(), proven ? known.detail() : lost(e)));
    }

    private static String lost(BackupCompleted e) {
        return e.lostCopies() == null || e.lostCopies().isEmpty() ? null : e.lostCopies().stream()
                .map(copy -> copy.repository() + ": " + copy.code()).collect(Collectors.joining(", ", "no copy in ", ""));
    }

    private void unproven(BackupUnproven e, Instant at) {
        CatalogEntry known = known(e.database(), e.backupId(), e.kind(), at);
        if (!known.state().equals("verified") && !known.state().equals("refuted")) {
            proof(e.database(), e.backupId(), e.kind(), "unproven", at, e.levelReached(), null, e.reason() + ": " + e.detail());
        }
    }

    private void proof(String database, String backupId, String kind, String state, Instant at, String level,
            Double restoreSeconds, String detail) {
        CatalogEntry known = known(database, backupId, kind, at);
        if (!known.state().equals("expired")) {
            put(known, new CatalogEntry(database, backupId, known.kind(), state, known.fireTime(), known.snapshotTime(), at,
                    known.storedBytes(), known.durationSeconds(), known.repositories(), level, restoreSeconds, detail));
        }
    }

    private void expired(BackupExpired e, Instant at) {
        CatalogEntry known = known(e.database(), e.backupId(), e.kind(), at);
        List<String> left = new ArrayList<>(known.repositories());
        left.remove(e.repository());
        put(known, left.isEmpty() ? with(known, "expired", at, List.of(), e.rule())
                : with(known, known.state(), known.stateSince(), left, known.detail()));
    }

    private CatalogEntry known(String database, String backupId, String kind, Instant at) {
        Row row = rows.get(new Key(database, backupId));
        return row == null ? fresh(database, backupId, kind, "accepted", at) : row.entry();
    }

    private static CatalogEntry fresh(String database, String backupId, String kind, String state, Instant at) {
        return new CatalogEntry(database, backupId, kind == null ? BackupId.parse(backupId).kind() : kind, state,
                BackupId.parse(backupId).fireTime(), null, at, null, null, List.of(), null, null, null);
    }

    private static CatalogEntry with(CatalogEntry entry, String state, Instant since, List<String> repositories, String detail) {
        return new CatalogEntry(entry.database(), entry.backupId(), entry.kind(), state, entry.fireTime(), entry.snapshotTime(),
                since, entry.storedBytes(), entry.durationSeconds(), repositories, entry.level(), entry.restoreSeconds(), detail);
    }

    private void put(CatalogEntry known, CatalogEntry entry) {
        put(new Key(known.database(), known.backupId()), entry);
    }

    private void put(Key key, CatalogEntry entry) {
        Row row = rows.get(key);
        if (row == null || !row.entry().equals(entry)) {
            rows.put(key, new Row(entry, ++version));
        }
    }

    static Double seconds(Instant from, Instant to) {
        return from == null || to == null ? null : Duration.between(from, to).toMillis() / 1000.0;
    }
}
