package dev.holdfast.scheduler.alert;

import dev.holdfast.service.pause.Pauses;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Clock skew, missing services, the verifiers' backlog, pauses of all databases: what concerns no single one. */
final class ServiceAlerts {

    /** A clock that is wrong by more makes times in events misleading; leases are counted by the broker's. */
    static final Duration SKEW = Duration.ofSeconds(5);
    static final Duration GREAT_SKEW = Duration.ofSeconds(60);

    /** Its share of the shortest time within which a backup is to be proven. */
    static final int BACKLOG_SHARE = 4;

    private ServiceAlerts() {
    }

    /**
     * What is known of the services.
     *
     * @param expected     the services that ought to live
     * @param depth        of the verifiers' queue; empty where the broker could not be asked or nobody ever read it
     * @param oldest       since when the verification waits that has waited longest
     * @param proofWithin  the shortest of all databases
     */
    record View(Heartbeats.Snapshot beats, Set<String> expected, Optional<Long> depth, Optional<Instant> oldest,
            Duration proofWithin, List<Pauses.Pause> pauses) {
    }

    static void find(View view, Instant now, Findings findings) {
        missing(view, now, findings);
        skews(view, now, findings);
        backlog(view, now, findings);
        view.pauses().stream().filter(pause -> pause.database() == null)
                .forEach(pause -> findings.stands(RunAlerts.paused(pause, now)));
    }

    private static void missing(View view, Instant now, Findings findings) {
        for (String service : view.expected()) {
            Duration silent = view.beats().silent().getOrDefault(service, view.beats().heardFor());
            if (silent.compareTo(Heartbeats.GONE) >= 0) {
                findings.stands(Alert.of(AlertName.SERVICE_MISSING, null, service, now.minus(silent),
                        "no instance of " + service + " has beaten for " + Texts.of(silent)));
            } else if (!view.beats().silent().containsKey(service)) {
                findings.unknown(AlertName.SERVICE_MISSING.of(null, service));
            }
        }
    }

    private static void skews(View view, Instant now, Findings findings) {
        if (view.beats().heardFor().compareTo(Heartbeats.enoughBeats()) < 0) {
            findings.unknown(AlertName.CLOCK_SKEW);
        }
        for (Heartbeats.Instance instance : view.beats().instances()) {
            if (instance.skew() != null && instance.skew().abs().compareTo(SKEW) > 0) {
                boolean great = instance.skew().abs().compareTo(GREAT_SKEW) > 0;
                findings.stands(new Alert(AlertName.CLOCK_SKEW.of(null, instance.name()), great ? "critical" : AlertName.CLOCK_SKEW.severity(),
                        now, "the clock of " + instance.name() + " is " + Texts.of(instance.skew().abs())
                        + (instance.skew().isNegative() ? " behind" : " ahead of") + " the broker's", AlertName.CLOCK_SKEW.nextStep()));
            }
        }
    }

    private static void backlog(View view, Instant now, Findings findings) {
        Duration allowed = view.proofWithin().dividedBy(BACKLOG_SHARE);
        view.oldest().filter(oldest -> !now.isBefore(oldest.plus(allowed))).ifPresent(oldest -> findings.stands(Alert.of(
                AlertName.VERIFIER_BACKLOG, null, null, oldest.plus(allowed), "a verification waits since " + oldest
                        + view.depth().map(depth -> "; " + depth + " are queued").orElse(""))));
    }
}
