package dev.holdfast.worker.backup;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.postgres.source.ExportedSnapshot;
import dev.holdfast.postgres.source.SourceDescription;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.manifest.Manifest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Last step: says in the manifest what was dumped and what a restore needs. Names and numbers, never a secret. */
final class CommitBackup {

    private CommitBackup() {
    }

    /** When and where in the source's history the data was taken. */
    record Moment(Instant time, String lsn) {

        static Moment of(ExportedSnapshot snapshot) {
            return new Moment(snapshot.time(), snapshot.lsn().toString());
        }
    }

    static ManifestDocument manifest(Run run, PreflightSource source, Moment moment, List<String> recipients,
            String rolePasswords, List<Manifest.DataStream> streams, Instant endedAt) {
        Event<BackupRequested> request = run.request();
        return ManifestDocument.of(new Manifest(1, run.id().toString(), run.alias(), run.id().kind(), run.attempt(),
                run.folder().nonce(), run.id().fireTime(), run.startedAt(), endedAt, moment.time(),
                source(source.description(), moment.lsn()),
                new Manifest.Tool("pg_dump", source.tools().version(), source.tools().major()),
                new Manifest.Encryption(run.encrypted() ? "openpgp" : "none", recipients), streams,
                new Manifest.Request(request.source(), request.id(), request.data().requester(), request.data().reason()),
                policy(run, source, rolePasswords)));
    }

    private static Manifest.Source source(SourceDescription found, String lsn) {
        return new Manifest.Source(found.systemIdentifier().orElse(null), found.databaseName(), found.serverVersion(),
                found.serverMajor(), lsn, found.timeline(), found.encoding(), found.collate(), found.ctype(),
                found.localeProvider(), found.collationVersion().orElse(null), found.databaseBytes(), found.owner(),
                found.extensions().stream()
                        .map(extension -> new Manifest.Extension(extension.name(), extension.version(), extension.schema()))
                        .toList(),
                found.preloadLibraries(), found.roles(), found.tablespaces(), found.settings());
    }

    /** What was asked for, without a credential, and what the backup therefore lacks. */
    private static Map<String, String> policy(Run run, PreflightSource source, String rolePasswords) {
        Map<String, String> policy = new TreeMap<>();
        policy.put("repositories", run.writers().stream().map(writer -> writer.repositoryName())
                .collect(Collectors.joining(",")));
        policy.put("encryption", run.encrypted() ? "openpgp" : "none");
        policy.put("rolePasswords", rolePasswords);
        policy.put("lockWaitTimeout", run.policy().lockWaitTimeout().toString());
        policy.put("deadline", run.deadline().toString());
        if (!source.description().warnings().isEmpty()) {
            policy.put("notes", String.join("; ", source.description().warnings()));
        }
        return policy;
    }
}
