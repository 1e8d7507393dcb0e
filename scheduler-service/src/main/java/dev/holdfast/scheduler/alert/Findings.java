package dev.holdfast.scheduler.alert;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an evaluation found: the alerts that stand, and those of which it could not tell, which stay as they are. */
final class Findings {

    private final List<Alert> alerts = new ArrayList<>();
    private final Set<AlertKey> unknown = new HashSet<>();
    private final Set<AlertName> unknownNames = new HashSet<>();

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

    List<Alert> alerts() {
        return alerts;
    }

    boolean isUnknown(AlertKey key) {
        return unknownNames.contains(key.name()) || unknown.contains(key);
    }
}
