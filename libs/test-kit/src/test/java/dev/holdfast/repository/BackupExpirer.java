package dev.holdfast.repository;

/** A fixture of the same name as the view that only retention sees. */
public class BackupExpirer {
}
