package dev.holdfast.retention.prune;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupExpirer;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.Tombstone;
import dev.holdfast.repository.Unfinished;
import dev.holdfast.retention.plan.Decision;
import dev.holdfast.retention.plan.KeepRules;
import dev.holdfast.retention.plan.Plan;
import dev.holdfast.retention.prune.Standings.Stands;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tombstones of one repository. Whoever may create objects may have written them, so none is an order: a deletion
 * whose manifest is gone is finished, any other one only where the plan of now deletes the backup.
 */
final class Condemned {

    private final Repository repository;
    private final List<Tombstone> pastManifest = new ArrayList<>();
    private final List<Tombstone> standing = new ArrayList<>();
    private final List<Unfinished.Refused> invalid;

    private Condemned(Repository repository, Unfinished unfinished) {
        this.repository = repository;
        this.invalid = unfinished.refused();
    }

    static Condemned in(Repository repository) {
        BackupExpirer expirer = repository.expirer();
        Unfinished unfinished = expirer.unfinished();
        Condemned condemned = new Condemned(repository, unfinished);
        unfinished.tombstones().forEach(tombstone ->
                (expirer.pastManifest(tombstone) ? condemned.pastManifest : condemned.standing).add(tombstone));
        return condemned;
    }

    List<Tombstone> pastManifest() {
        return pastManifest;
    }

    /** What is wrong with the tombstones of databases that no plan of this repository is made for. */
    Map<String, List<HoldfastException>> without(Set<String> aliases) {
        Map<String, List<HoldfastException>> refused = new LinkedHashMap<>();
        invalid.stream().filter(each -> !aliases.contains(each.alias()))
                .forEach(each -> refused.computeIfAbsent(each.alias(), alias -> new ArrayList<>()).add(each.why()));
        standing.stream().filter(each -> !aliases.contains(each.database()))
                .forEach(each -> refused.computeIfAbsent(each.database(), alias -> new ArrayList<>())
                        .add(refused(each, "no policy of that database covers this repository")));
        return refused;
    }

    List<HoldfastException> invalid(String alias) {
        return invalid.stream().filter(each -> each.alias().equals(alias)).<HoldfastException>map(Unfinished.Refused::why).toList();
    }

    /**
     * The plan, and what it may not carry out. A condemned backup that it keeps counts for nothing in it, because nobody
     * finds that backup any more.
     */
    record Judged(Plan plan, Set<String> untouchable, List<HoldfastException> refused) {
    }

    Judged judge(String alias, KeepRules rules, List<Stands> backups, Instant now) {
        Map<String, Tombstone> hiding = new LinkedHashMap<>();
        Set<String> untouchable = new HashSet<>();
        List<HoldfastException> refused = new ArrayList<>();
        invalid.stream().filter(each -> each.alias().equals(alias)).forEach(each -> untouchable.add(each.id().toString()));
        Map<String, Stands> known = new LinkedHashMap<>();
        backups.forEach(each -> known.put(each.candidate().backupId(), each));
        for (Tombstone tombstone : standing) {
            Stands stands = tombstone.database().equals(alias) ? known.get(tombstone.backupId()) : null;
            if (stands != null && stands.manifest().filter(each -> !each.sha256().equals(tombstone.manifestSha256())).isPresent()) {
                untouchable.add(tombstone.backupId());
                refused.add(refused(tombstone, "the manifest is not the one that it names"));
            } else if (stands != null) {
                hiding.put(tombstone.backupId(), tombstone);
            }
        }
        Set<String> kept = new HashSet<>();
        Plan plan;
        List<String> more;
        do {
            plan = Plan.of(rules, backups.stream().map(Stands::candidate).filter(each -> !kept.contains(each.backupId())).toList(), now);
            more = plan.decisions().stream().filter(Decision::kept).map(decision -> decision.backup().backupId())
                    .filter(hiding::containsKey).toList();
            // Without the rules' words: they tell ages, and what is found again at every run is alerted once.
            more.forEach(id -> refused.add(refused(hiding.get(id), "the rules, or the floor of verified ones, keep the backup")));
        } while (kept.addAll(more));
        untouchable.addAll(kept);
        return new Judged(plan, untouchable, refused);
    }

    private HoldfastException refused(Tombstone tombstone, String why) {
        return new HoldfastException(FailureKind.PERMANENT, "tombstone-refused", "finishing the deletion of "
                + tombstone.database() + "/" + BackupId.parse(tombstone.backupId()) + " in " + repository
                + " was refused: its tombstone.json does not fit the plan: " + why,
                "find out who wrote tombstone.json (only retention should); remove it, and the backup is there again, or delete "
                        + "the backup yourself");
    }
}
