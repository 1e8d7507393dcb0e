package dev.holdfast.scheduler.alert;

import dev.holdfast.events.CatalogEntry;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Size anomalies: the newest backup of a kind against the median of those before it. */
final class SizeAlerts {

    /** How many of those before it count. */
    static final int RECENT = 10;

    /** With fewer nothing can be called usual. */
    static final int LEAST = 4;

    private SizeAlerts() {
    }

    static void find(DatabaseView view, Findings findings) {
        Map<String, List<CatalogEntry>> byKind = view.stored().stream().filter(entry -> entry.storedBytes() != null)
                .sorted(Comparator.comparing(CatalogEntry::snapshotTime).reversed()).collect(Collectors.groupingBy(CatalogEntry::kind));
        byKind.forEach((kind, newestFirst) -> findings.stands(anomaly(view, kind, newestFirst)));
    }

    private static Optional<Alert> anomaly(DatabaseView view, String kind, List<CatalogEntry> newestFirst) {
        CatalogEntry newest = newestFirst.getFirst();
        return median(newestFirst.stream().skip(1).limit(RECENT).map(entry -> (double) entry.storedBytes()).toList())
                .filter(usual -> newest.storedBytes() < usual / 2 || newest.storedBytes() > usual * 2)
                .map(usual -> Alert.of(AlertName.SIZE_ANOMALY, view.alias(), kind, DatabaseView.completed(newest), "the backup "
                        + newest.backupId() + " is " + Texts.bytes(newest.storedBytes()) + ", those before it were about "
                        + Texts.bytes(Math.round(usual))));
    }

    /** The stored sizes of the dumps, newest first, as far as they count. */
    static List<Long> sizes(DatabaseView view) {
        return view.stored().stream().filter(entry -> entry.kind().equals("dump") && entry.storedBytes() != null)
                .sorted(Comparator.comparing(CatalogEntry::snapshotTime).reversed()).limit(RECENT + 1).map(CatalogEntry::storedBytes).toList();
    }

    /** Empty where there are fewer than {@link #LEAST}. */
    static Optional<Double> median(Collection<Double> values) {
        List<Double> sorted = values.stream().filter(Objects::nonNull).sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() < LEAST ? Optional.empty()
                : Optional.of(sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
    }
}
