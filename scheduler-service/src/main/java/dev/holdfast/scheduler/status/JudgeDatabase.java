package dev.holdfast.scheduler.status;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.scheduler.catalog.Run;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.pause.Pauses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One database: is it safe now, why not, and what is to be done. Pure. */
final class JudgeDatabase {

    private static final String PROOF = "\\.verification$";

    private final HoldfastConfig.Database policy;
    private final List<CatalogEntry> stored;
    private final List<Run> runs;
    private final List<Status.StandingAlert> alerts;
    private final Optional<Pauses.Pause> paused;
    private final Optional<Duration> rpo;
    private final Instant now;

    /**
     * @param backups of this database
     * @param runs    of this database, newest first
     * @param alerts  about this database that are a reason to look
     */
    JudgeDatabase(HoldfastConfig.Database policy, List<CatalogEntry> backups, List<Run> runs, List<Status.StandingAlert> alerts,
            Optional<Pauses.Pause> paused, Optional<Duration> rpo, Instant now) {
        this.policy = policy;
        this.stored = backups.stream().filter(entry -> Catalog.isStored(entry) && entry.snapshotTime() != null)
                .sorted(Comparator.comparing(CatalogEntry::snapshotTime).reversed()).toList();
        this.runs = runs;
        this.alerts = alerts;
        this.paused = paused;
        this.rpo = rpo;
        this.now = now;
    }

    Status.DatabaseState judged(Optional<Instant> nextRun) {
        Optional<Status.VerifiedBackup> verified = verified();
        List<Status.ActiveRun> running = runs.stream().filter(run -> !run.ended()).map(JudgeDatabase::active).toList();
        Optional<Status.FailedRun> failed = failed("backup").or(() -> failed("verification"));
        Long left = verified.flatMap(backup -> rpo.map(most -> most.toSeconds() - backup.ageSeconds())).orElse(null);
        List<Reason> reasons = new ArrayList<>();
        promise(verified, left, running, failed).ifPresent(reasons::add);
        newest().ifPresent(reasons::add);
        failed.filter(run -> reasons.stream().noneMatch(reason -> reason.why().contains(run.id().replaceFirst(PROOF, ""))))
                .map(run -> new Reason(Standing.attention, run.activity() + " " + run.id() + " " + run.state() + ": " + run.reason(),
                        next(run))).ifPresent(reasons::add);
        paused.map(pause -> new Reason(Standing.attention, "its scheduled backups are paused by " + pause.requester() + ": "
                + pause.reason(), resume(pause))).ifPresent(reasons::add);
        alerts.stream().map(alert -> new Reason(
                alert.severity().equals("critical") ? Standing.unsafe : Standing.attention,
                "alert " + alert.alert() + ": " + alert.reason(), alert.nextStep())).forEach(reasons::add);
        reasons.sort(Comparator.comparing(Reason::standing));
        return new Status.DatabaseState(policy.alias(), reasons.isEmpty() ? Standing.safe : reasons.getFirst().standing(), reasons,
                verified.orElse(null), rpo.map(Duration::toSeconds).orElse(null), left,
                paused.isPresent() ? null : nextRun.orElse(null), running, failed.orElse(null), paused.orElse(null));
    }

    private Optional<Status.VerifiedBackup> verified() {
        return stored.stream().filter(entry -> entry.state().equals("verified")).findFirst()
                .map(entry -> new Status.VerifiedBackup(entry.backupId(), entry.snapshotTime(), entry.level(),
                        Math.max(0, Duration.between(entry.snapshotTime(), now).toSeconds()), entry.repositories()));
    }

    /** What is promised of a database: a verified backup that is young enough. */
    private Optional<Reason> promise(Optional<Status.VerifiedBackup> verified, Long left, List<Status.ActiveRun> running,
            Optional<Status.FailedRun> failed) {
        if (verified.isEmpty()) {
            return Optional.of(new Reason(Standing.unsafe, policy.verify().every().equals("never")
                    ? "no backup is ever verified: verify.every is never" : stored.isEmpty() ? "no backup is stored"
                    : "none of " + stored.size() + " stored backups is verified to level " + policy.verify().level(),
                    remedy(running, failed)));
        }
        return left == null || left >= 0 ? Optional.empty()
                : Optional.of(new Reason(Standing.unsafe, "the newest verified backup is older than the RPO allows", remedy(running, failed)));
    }

    private String remedy(List<Status.ActiveRun> running, Optional<Status.FailedRun> failed) {
        if (!running.isEmpty()) {
            Status.ActiveRun run = running.getFirst();
            return "wait for " + run.activity() + " " + run.id() + ", which is " + run.state();
        }
        if (failed.isPresent() && !failed.get().state().equals("refuted")) {
            return next(failed.get());
        }
        if (paused.isPresent()) {
            return resume(paused.get()) + "; or holdfast backup " + policy.alias() + " --wait=verified";
        }
        return stored.isEmpty() || !stored.getFirst().state().equals("completed")
                ? "holdfast backup " + policy.alias() + " --wait=verified"
                : "see whether a verifier runs; holdfast verify " + stored.getFirst().backupId() + " --wait";
    }

    /** A refuted backup is more than one that is missing: something damaged it, or the tools did. */
    private Optional<Reason> newest() {
        return stored.stream().findFirst().flatMap(entry -> switch (entry.state()) {
            case "refuted" -> Optional.of(new Reason(Standing.unsafe, "the newest backup " + entry.backupId() + " is refuted: "
                    + entry.detail(), "do not restore it; holdfast show " + entry.backupId() + ", then make a new one"));
            case "unproven" -> Optional.of(new Reason(Standing.attention, "the newest backup " + entry.backupId()
                    + " could not be proven: " + entry.detail(), "holdfast show " + entry.backupId()));
            default -> Optional.empty();
        });
    }

    private static String resume(Pauses.Pause pause) {
        return pause.database() == null ? "holdfast resume --all" : "holdfast resume " + pause.database();
    }

    private static String next(Status.FailedRun run) {
        String again = run.activity().equals("backup") ? "holdfast retry " + run.id() : "holdfast verify " + run.id().replaceFirst(PROOF, "");
        return run.nextStep() == null ? again : run.nextStep() + "; then " + again;
    }

    /** Of the runs that are over the newest, where it ended otherwise than it should have. */
    private Optional<Status.FailedRun> failed(String activity) {
        return runs.stream().filter(run -> run.activity().equals(activity) && run.ended()).findFirst()
                .filter(run -> !run.state().equals("completed") && !run.state().equals("verified"))
                .map(run -> new Status.FailedRun(run.id(), activity, run.state(), run.stateSince(), run.reason(), run.nextStep()));
    }

    private static Status.ActiveRun active(Run run) {
        Run.Progress progress = run.progress();
        if (progress == null) {
            return new Status.ActiveRun(run.id(), run.activity(), run.state(), run.attempt(), run.worker(), run.stateSince(), null,
                    null, null, null, null, run.reason());
        }
        return new Status.ActiveRun(run.id(), run.activity(), run.state(), run.attempt(), run.worker(), run.stateSince(),
                progress.phase(), percent(progress), progress.bytes(), progress.totalBytes(), progress.bytesPerSecond(), run.reason());
    }

    /** What is there in all is an estimate, and nothing is done before it is done. */
    private static Integer percent(Run.Progress progress) {
        return progress.totalBytes() == null || progress.totalBytes() <= 0 ? null
                : (int) Math.min(99, 100 * progress.bytes() / progress.totalBytes());
    }
}
