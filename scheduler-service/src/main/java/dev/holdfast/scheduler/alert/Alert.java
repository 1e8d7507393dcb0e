package dev.holdfast.scheduler.alert;

import java.time.Instant;

/** An alert that stands by what is known now. */
record Alert(AlertKey key, String severity, Instant since, String reason, String nextStep) {

    static Alert of(AlertName name, String database, String about, Instant since, String reason) {
        return new Alert(name.of(database, about), name.severity(), since, reason, name.nextStep());
    }

    Alert withNextStep(String other) {
        return other == null ? this : new Alert(key, severity, since, reason, other);
    }
}
