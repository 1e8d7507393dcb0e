package dev.holdfast.scheduler.alert;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.pause.Pauses;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Puts together what is known at one moment and finds the alerts that stand by it. */
final class FindAlerts {

    private final HoldfastConfig config;
    private final Catalog catalog;
    private final Pauses pauses;
    private final Observed observed;
    private final ListOrphans orphans;
    private final Supplier<Optional<Long>> backupQueue;
    private final Supplier<Optional<Long>> verifierQueue;
    private final Instant begun;
    private final Set<String> services;
    private final Duration proofWithin;
    private Backups backups = new Backups(null, Map.of(), Map.of());

    /** The catalog by database, made anew only when it changed. */
    private record Backups(Catalog.Mark mark, Map<String, List<CatalogEntry>> entries, Map<String, Instant> newestVerified) {
    }

    /**
     * @param backupQueue   how many requests are queued; empty where that can't be told
     * @param verifierQueue as well
     * @param begun         when this instance began: a database of which nothing is known is known since then
     */
    FindAlerts(HoldfastConfig config, Catalog catalog, Pauses pauses, Observed observed, ListOrphans orphans,
            Supplier<Optional<Long>> backupQueue, Supplier<Optional<Long>> verifierQueue, Instant begun) {
        this.config = config;
        this.catalog = catalog;
        this.pauses = pauses;
        this.observed = observed;
        this.orphans = orphans;
        this.backupQueue = backupQueue;
        this.verifierQueue = verifierQueue;
        this.begun = begun;
        this.services = ServiceRole.expected(config).stream().map(ServiceRole::service).collect(Collectors.toSet());
        this.proofWithin = config.databases().values().stream().filter(database -> !Promises.provesNothing(database))
                .map(database -> database.objectives().proofWithin()).min(Comparator.naturalOrder())
                .orElse(HoldfastConfig.Objectives.DEFAULT.proofWithin());
    }

    /**
     * What stands whichever clock is right; what stands by one of them only is not known.
     *
     * @param owned the databases to look at; null stands for what concerns none
     */
    Findings find(Times times, Predicate<String> owned) {
        Findings findings = find(times.earlier(), owned);
        if (!times.agree()) {
            Set<AlertKey> stand = findings.alerts().stream().map(Alert::key).collect(Collectors.toSet());
            find(times.later(), owned).alerts().stream().map(Alert::key).filter(key -> !stand.contains(key)).forEach(findings::unknown);
        }
        return findings;
    }

    private Findings find(Instant now, Predicate<String> owned) {
        Findings findings = new Findings();
        List<StandingAlert> all = observed.alerts().all();
        Map<String, List<StandingAlert>> told = all.stream().filter(alert -> alert.key().name().isToldElsewhere() && alert.key().database() != null)
                .collect(Collectors.groupingBy(alert -> alert.key().database()));
        for (HoldfastConfig.Database database : config.databases().values()) {
            if (owned.test(database.alias())) {
                database(view(database, told.getOrDefault(database.alias(), List.of())), now, findings);
            }
        }
        if (owned.test(null)) {
            ServiceAlerts.find(new ServiceAlerts.View(observed.beats().now(), services, verifierQueue.get(), observed.runs().oldest(RunHistory.VERIFICATION), proofWithin,
                    pauses.all()), now, findings);
        }
        OtherAlerts.deadLetters(all, now, findings);
        OtherAlerts.deliveries(all, config.subscriptions().keySet(), now, findings);
        return findings;
    }

    private static void database(DatabaseView view, Instant now, Findings findings) {
        RunAlerts.find(view, now, findings);
        ProofAlerts.find(view, now, findings);
        SizeAlerts.find(view, findings);
        OtherAlerts.orphans(view, now, findings);
    }

    /** Shows what is known now, of all databases. */
    void measure(MeasureStanding measures, Instant now) {
        config.databases().values().forEach(database -> measures.database(view(database, List.of()), now));
        measures.queue(new MeasureStanding.Queue("backup-requests", backupQueue.get(), observed.runs().oldest(RunHistory.BACKUP)), now);
        measures.queue(new MeasureStanding.Queue("verification-requests", verifierQueue.get(), observed.runs().oldest(RunHistory.VERIFICATION)), now);
        measures.services(observed.beats().now(), services);
        measures.alerts(observed.alerts().all());
    }

    private synchronized DatabaseView view(HoldfastConfig.Database database, List<StandingAlert> told) {
        Catalog.Mark mark = catalog.mark();
        if (!mark.equals(backups.mark())) {
            backups = new Backups(mark, catalog.entries().stream().collect(Collectors.groupingBy(CatalogEntry::database)),
                    catalog.newestVerified());
        }
        String alias = database.alias();
        DatabaseRuns known = observed.runs().of(alias);
        return new DatabaseView(database, backups.entries().getOrDefault(alias, List.of()),
                Optional.ofNullable(backups.newestVerified().get(alias)), known, knownSince(database, known),
                pauses.of(alias, RunHistory.BACKUP), pauses.resumed(alias, RunHistory.BACKUP), told, orphans.of(alias), observed.beats().elapsed());
    }

    /** One without a schedule leaves no trace while nobody asks for a backup of it: it is as old as the log. */
    private Instant knownSince(HoldfastConfig.Database database, DatabaseRuns known) {
        return known.firstSeen().or(() -> database.cron().isPresent() ? Optional.empty() : observed.runs().begun()).filter(first -> first.isBefore(begun)).orElse(begun);
    }
}
