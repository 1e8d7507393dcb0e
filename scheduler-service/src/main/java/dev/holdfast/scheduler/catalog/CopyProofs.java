package dev.holdfast.scheduler.catalog;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.repository.Proof;
import dev.holdfast.repository.ProofResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What was proven of each copy of one backup, by repository. Immutable. */
record CopyProofs(Map<String, List<ProofResult>> results) {

    static final CopyProofs NONE = new CopyProofs(Map.of());

    /** Worst first: of several copies an operator must see the one that is worst off. */
    private static final List<String> STATES = List.of("refuted", "unproven", "completed", "verified");

    CopyProofs {
        results = Map.copyOf(results);
    }

    private record Copy(String state, Optional<ProofResult> deciding) {
    }

    /** With one result more; one that is known already, since the log may tell twice, changes nothing. */
    CopyProofs plus(String repository, ProofResult result) {
        List<ProofResult> known = results.getOrDefault(repository, List.of());
        if (known.contains(result)) {
            return this;
        }
        List<ProofResult> more = new ArrayList<>(known);
        more.addFirst(result); // of two at the same instant the one told last counts
        return plus(Map.of(repository, List.copyOf(more)));
    }

    /** With these copies' results in place of what was known of them. */
    CopyProofs plus(Map<String, List<ProofResult>> copies) {
        Map<String, List<ProofResult>> all = new TreeMap<>(results);
        all.putAll(copies);
        return new CopyProofs(all);
    }

    CopyProofs without(String repository) {
        Map<String, List<ProofResult>> left = new TreeMap<>(results);
        left.remove(repository);
        return new CopyProofs(left);
    }

    /** The copies of which anything is known, with where they stand. */
    Map<String, Proof> proofs(String level) {
        Map<String, Proof> proofs = new TreeMap<>();
        results.forEach((repository, all) -> {
            if (!all.isEmpty()) {
                proofs.put(repository, Proof.of(all, level));
            }
        });
        return proofs;
    }

    /** The entry in the state of the copy that is worst off. A copy of which nothing is known is in the state that the entry has. */
    CatalogEntry worst(CatalogEntry stored, String level) {
        Map<String, Proof> proofs = proofs(level);
        if (proofs.isEmpty()) {
            return stored;
        }
        List<String> repositories = stored.repositories().isEmpty() ? List.copyOf(proofs.keySet()) : stored.repositories();
        Copy worst = repositories.stream().map(name -> copy(stored, Optional.ofNullable(proofs.get(name))))
                .min(Comparator.comparing((Copy copy) -> STATES.indexOf(copy.state()))
                        .thenComparing(copy -> copy.deciding().map(ProofResult::endedAt).orElse(Instant.EPOCH), Comparator.reverseOrder()))
                .orElseThrow();
        return worst.deciding().map(deciding -> told(stored, worst.state(), deciding, level)).orElse(stored);
    }

    private static Copy copy(CatalogEntry stored, Optional<Proof> proof) {
        return proof.map(known -> new Copy(known.state().name().toLowerCase(Locale.ROOT), known.deciding()))
                .orElseGet(() -> new Copy(stored.state(), Optional.empty()));
    }

    private static CatalogEntry told(CatalogEntry stored, String state, ProofResult deciding, String level) {
        boolean tooLow = state.equals("unproven") && deciding.outcome().equals("verified");
        return new CatalogEntry(stored.database(), stored.backupId(), stored.kind(), state, stored.fireTime(), stored.snapshotTime(),
                deciding.endedAt(), stored.storedBytes(), stored.durationSeconds(), stored.repositories(), deciding.level(),
                state.equals("verified") ? deciding.restoreSeconds() : null,
                tooLow ? "verified up to " + deciding.level() + " only, the policy asks for " + level : deciding.detail());
    }
}
