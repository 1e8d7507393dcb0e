package dev.holdfast.scheduler.alert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an evaluation found: the alerts that stand, and those of which it could not tell, which stay as they are. */
final class Findings {

    private final List<Alert> alerts = new ArrayList<>();
    private final Set<AlertKey> unknown = new HashSet<>();
    private final Set<AlertName> unknownNames = new HashSet<>();
    private final Map<AlertKey, String> over = new HashMap<>();

    void stands(Alert alert) {
        alerts.add(alert);
    }

    void stands(Optional<Alert> alert) {
        alert.ifPresent(alerts::add);
    }

    void unknown(AlertKey key) {
        unknown.add(key);
    }

    void unknown(AlertName name) {
        unknownNames.add(name);
    }

    /** Of an alert that ends for another reason than those of its name usually do. */
    void over(AlertKey key, String reason) {
        over.put(key, reason);
    }

    /** Why an alert that does not stand any more is over. */
    String whyOver(AlertKey key) {
        return over.getOrDefault(key, key.name().over());
    }

    List<Alert> alerts() {
        return alerts;
    }

    boolean isUnknown(AlertKey key) {
        return unknownNames.contains(key.name()) || unknown.contains(key);
    }
}
