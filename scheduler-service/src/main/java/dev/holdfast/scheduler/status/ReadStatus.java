package dev.holdfast.scheduler.status;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.scheduler.alert.AlertName;
import dev.holdfast.scheduler.alert.Promises;
import dev.holdfast.scheduler.alert.StandingAlert;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.scheduler.catalog.Run;
import dev.holdfast.scheduler.catalog.Runs;
import dev.holdfast.scheduler.fire.FireSchedules;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.pause.Pauses;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Puts the one look together, from views of the log, the pulse and the repositories. */
public final class ReadStatus {

    private static final String BACKUP = "backup";
    private static final List<String> WORST_FIRST = List.of("critical", "warning", "info");
    /** Judged here by the same rule and afresh: the alert follows some seconds later, and so does its end. */
    private static final Set<AlertName> JUDGED = Set.of(AlertName.OVERDUE, AlertName.SERVICE_MISSING);

    private final HoldfastConfig config;
    private final Catalog catalog;
    private final Runs runs;
    private final Pauses pauses;
    private final Supplier<List<StandingAlert>> alerts;
    private final LivingServices services;

    /** @param alerts those that stand */
    public ReadStatus(HoldfastConfig config, Catalog catalog, Runs runs, Pauses pauses, Supplier<List<StandingAlert>> alerts,
            LivingServices services) {
        this.config = config;
        this.catalog = catalog;
        this.runs = runs;
        this.pauses = pauses;
        this.alerts = alerts;
        this.services = services;
    }

    /**
     * @param seen    what keeps the views from being whole, such as a broker that does not answer
     * @param hearing whether the pulse is heard: otherwise nothing is said of services
     */
    public Status read(Instant now, List<Reason> seen, boolean hearing) {
        List<Status.StandingAlert> standing = standing();
        List<Status.ServiceState> living = hearing ? services.states(now, ServiceRole.expected(config)) : List.of();
        List<Status.DatabaseState> databases = databases(now, standing);
        List<Reason> trouble = new ArrayList<>(seen);
        living.stream().filter(state -> state.standing() != Standing.safe).map(state -> new Reason(state.standing(),
                "no " + state.service() + " is alive", "start one, or see why it is silent")).forEach(trouble::add);
        standing.stream().filter(alert -> alert.database() == null && calls(alert)).map(alert -> new Reason(
                alert.severity().equals("critical") ? Standing.unsafe : Standing.attention, "alert " + alert.alert()
                + (alert.about() == null ? "" : " about " + alert.about()) + ": " + alert.reason(), alert.nextStep())).forEach(trouble::add);
        pauses.all().stream().filter(pause -> !pause.activity().equals(BACKUP)).map(pause -> new Reason(Standing.attention,
                "pruning " + (pause.database() == null ? "" : "of " + pause.database() + " ") + "is paused by " + pause.requester()
                + ": " + pause.reason(), "holdfast resume prune" + (pause.database() == null ? "" : " --database " + pause.database()))).forEach(trouble::add);
        trouble.sort(Comparator.comparing(Reason::standing));
        Standing worst = worst(databases, trouble);
        return new Status(now, worst, new Verdict(worst, databases, trouble).text(), trouble, databases, living, standing, pauses.all());
    }

    /** Worst first, then oldest first. */
    private List<Status.StandingAlert> standing() {
        return alerts.get().stream().map(alert -> new Status.StandingAlert(alert.key().database(), alert.key().name().text(), alert.severity(),
                alert.key().about(), alert.reason(), alert.nextStep(), alert.since()))
                .sorted(Comparator.comparingInt((Status.StandingAlert alert) -> WORST_FIRST.indexOf(alert.severity()))
                        .thenComparing(Status.StandingAlert::since)).toList();
    }

    /** Whether it is a reason to look. */
    private static boolean calls(Status.StandingAlert alert) {
        return !alert.severity().equals("info") && JUDGED.stream().noneMatch(name -> name.text().equals(alert.alert()));
    }

    private static Standing worst(List<Status.DatabaseState> databases, List<Reason> trouble) {
        Standing first = databases.isEmpty() ? Standing.safe : databases.getFirst().standing();
        Standing other = trouble.isEmpty() ? Standing.safe : trouble.getFirst().standing();
        return first.compareTo(other) <= 0 ? first : other;
    }

    /** What is not safe first, of these what has least time left. */
    private List<Status.DatabaseState> databases(Instant now, List<Status.StandingAlert> standing) {
        Map<String, List<CatalogEntry>> backups = catalog.entries().stream().collect(Collectors.groupingBy(CatalogEntry::database));
        Map<String, List<Run>> byDatabase = runs.list(null, null).stream().filter(run -> run.database() != null)
                .collect(Collectors.groupingBy(Run::database));
        Map<String, List<Status.StandingAlert>> about = standing.stream().filter(alert -> alert.database() != null && calls(alert))
                .collect(Collectors.groupingBy(Status.StandingAlert::database));
        Function<HoldfastConfig.Database, Status.DatabaseState> judged = database -> {
            String alias = database.alias();
            return new JudgeDatabase(database, backups.getOrDefault(alias, List.of()), byDatabase.getOrDefault(alias, List.of()),
                    about.getOrDefault(alias, List.of()), pauses.of(alias, BACKUP), Promises.rpo(database), now)
                    .judged(FireSchedules.next(database, now));
        };
        return config.databases().values().stream().map(judged).sorted(Comparator.comparing(Status.DatabaseState::standing)
                .thenComparing(Status.DatabaseState::rpoLeftSeconds, Comparator.nullsFirst(Comparator.naturalOrder()))
                .thenComparing(Status.DatabaseState::database)).toList();
    }
}
