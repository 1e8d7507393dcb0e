package dev.holdfast.notifier.example;

/** A fixture that breaks a rule. */
public class SeesTheRepository {

    public Object broken() {
        return new dev.holdfast.repository.BackupExpirer();
    }
}
