package dev.holdfast.scheduler.alert;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Overdue, unproven, refuted, rto: what is proven of a database, and what is not. */
final class ProofAlerts {

    /** A verdict is told by whoever has it; only one that nobody told by then is told here. */
    static final Duration SETTLED = Duration.ofMinutes(2);

    private ProofAlerts() {
    }

    static void find(DatabaseView view, Instant now, Findings findings) {
        findings.stands(overdue(view, now));
        findings.stands(rto(view));
        refuted(view, now, findings);
        toldOfProofs(view, findings);
        findings.stands(Promises.provesNothing(view.database()) ? Optional.empty()
                : Promises.proofsEvery(view.database()).isZero() ? unproven(view, now) : unprovenFor(view, now));
    }

    /** Where nothing is ever proven, because the policy says so, the newest stored one has to do. */
    private static Optional<Instant> newestGood(DatabaseView view) {
        return Promises.provesNothing(view.database())
                ? view.stored().stream().map(CatalogEntry::snapshotTime).max(Comparator.naturalOrder()) : view.newestVerified();
    }

    private static Optional<Alert> overdue(DatabaseView view, Instant now) {
        Optional<Instant> newest = newestGood(view);
        return Promises.rpo(view.database()).filter(rpo -> !now.isBefore(newest.orElse(view.knownSince()).plus(rpo)))
                .map(rpo -> Alert.of(AlertName.OVERDUE, view.alias(), null, newest.orElse(view.knownSince()).plus(rpo),
                        newest.map(snapshot -> "the newest verified backup is of " + snapshot + ", " + Texts.of(Duration.between(snapshot, now)) + " ago")
                                .orElse("no backup was ever verified, and it is known since " + view.knownSince())
                                + "; the RPO is " + Texts.of(rpo)));
    }

    private static Optional<Alert> rto(DatabaseView view) {
        return view.database().objectives().rto().flatMap(rto -> provenRestore(view).filter(entry -> entry.restoreSeconds() > rto.toMillis() / 1000.0)
                .map(entry -> Alert.of(AlertName.RTO, view.alias(), null, entry.stateSince(), "the test restore of " + entry.backupId()
                        + " took " + Texts.of(Duration.ofMillis((long) (entry.restoreSeconds() * 1000))) + "; the RTO is " + Texts.of(rto))));
    }

    /** The newest backup whose restore was measured. */
    static Optional<CatalogEntry> provenRestore(DatabaseView view) {
        return view.stored().stream().filter(entry -> entry.state().equals("verified") && entry.restoreSeconds() != null)
                .max(Comparator.comparing(CatalogEntry::snapshotTime));
    }

    private static void refuted(DatabaseView view, Instant now, Findings findings) {
        Set<String> told = about(view, AlertName.REFUTED);
        view.stored().stream().filter(entry -> entry.state().equals("refuted"))
                .filter(entry -> told.contains(entry.backupId()) || now.isAfter(entry.stateSince().plus(SETTLED)))
                .forEach(entry -> findings.stands(Alert.of(AlertName.REFUTED, view.alias(), entry.backupId(), entry.stateSince(),
                        "the backup is not what was dumped: " + entry.detail())));
    }

    /** What the verifier told of a backup stands until there is another verdict, it is gone, or a newer one is verified. */
    private static void toldOfProofs(DatabaseView view, Findings findings) {
        for (StandingAlert told : view.told()) {
            boolean ofProof = told.key().name() == AlertName.UNPROVEN || told.key().name() == AlertName.VERIFICATION_IMPOSSIBLE;
            if (ofProof && told.key().about() != null && view.backup(told.key().about()).filter(entry -> lacksProof(view, entry)).isPresent()) {
                findings.stands(new Alert(told.key(), told.severity(), told.since(), told.reason(), told.nextStep()));
            }
        }
    }

    private static boolean lacksProof(DatabaseView view, CatalogEntry entry) {
        return (entry.state().equals("completed") || entry.state().equals("unproven")) && entry.snapshotTime() != null
                && view.newestVerified().filter(newest -> newest.isAfter(entry.snapshotTime())).isEmpty();
    }

    /** Every backup is to be proven in time; those of which the verifier told why not have their own alert. */
    private static Optional<Alert> unproven(DatabaseView view, Instant now) {
        Set<String> told = about(view, AlertName.UNPROVEN);
        told.addAll(about(view, AlertName.VERIFICATION_IMPOSSIBLE));
        Duration within = view.database().objectives().proofWithin();
        List<CatalogEntry> late = view.stored().stream().filter(entry -> lacksProof(view, entry) && !told.contains(entry.backupId()))
                .filter(entry -> !now.isBefore(DatabaseView.completed(entry).plus(within)))
                .sorted(Comparator.comparing(CatalogEntry::snapshotTime)).toList();
        return late.isEmpty() ? Optional.empty() : Optional.of(Alert.of(AlertName.UNPROVEN, view.alias(), null,
                DatabaseView.completed(late.getFirst()).plus(within), "the backup " + late.getFirst().backupId()
                        + (late.size() == 1 ? " is" : " and " + (late.size() - 1) + " more are") + " without a proof for longer than " + Texts.of(within)));
    }

    /** Of each day or week one backup is to be proven. */
    private static Optional<Alert> unprovenFor(DatabaseView view, Instant now) {
        HoldfastConfig.Database database = view.database();
        Optional<Instant> oldest = view.stored().stream().map(CatalogEntry::snapshotTime)
                .filter(snapshot -> view.newestVerified().map(snapshot::isAfter).orElse(true)).min(Comparator.naturalOrder());
        Duration within = Promises.proofsEvery(database).plus(database.objectives().proofWithin());
        return oldest.map(snapshot -> snapshot.plus(within)).filter(due -> !now.isBefore(due)).map(due -> Alert.of(AlertName.UNPROVEN,
                view.alias(), null, due, "no backup since " + oldest.get() + " is proven, and one " + database.verify().every() + " is to be"));
    }

    private static Set<String> about(DatabaseView view, AlertName name) {
        return view.told().stream().filter(told -> told.key().name() == name && told.key().about() != null)
                .map(told -> told.key().about()).collect(Collectors.toSet());
    }
}
