package dev.holdfast.cli.catalog;

import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.Verification;
import java.util.List;

/** Everything that the repositories know of one backup: the entry, the manifest as stored, and the verifications of each copy, newest first. */
public record BackupDetails(BackupEntry backup, String manifestSha256, Manifest manifest, List<Verification> verifications) {
}
