package dev.holdfast.cli;

import dev.holdfast.cli.catalog.BackupDetails;
import dev.holdfast.cli.catalog.BackupEntry;
import dev.holdfast.cli.catalog.ReadBackups;
import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.output.Size;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.repositories.Repositories;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "show", mixinStandardHelpOptions = true,
        description = "Show one backup: source, sizes, objects, verifications. Needs no broker.")
final class ShowCommand implements Callable<Integer> {

    private final HoldfastCommand holdfast;

    @Parameters(paramLabel = "ID", description = "The backup's id, as 'list' prints it.")
    String id;

    ShowCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() {
        BackupId backup = backupId(id);
        HoldfastConfig config = holdfast.config();
        try (Repositories repositories = holdfast.repositories(config, ServiceRole.RETENTION)) {
            ReadBackups reading = new ReadBackups(repositories.all().values(), config::proofLevel);
            BackupDetails details = reading.show(backup);
            holdfast.console().document(details);
            if (!holdfast.json) {
                tell(details, holdfast.console());
            }
            return ListCommand.failures(reading.failures(), holdfast.console());
        }
    }

    static BackupId backupId(String text) {
        try {
            return BackupId.parse(text);
        } catch (RuntimeException e) {
            throw new HoldfastException(FailureKind.PERMANENT, "backup-id-invalid", "reading '" + text
                    + "' as a backup's id: the form is 20260203T020000Z-dump-3fa9c1d2e4b5", "holdfast list prints the ids", e);
        }
    }

    private static void tell(BackupDetails details, Console console) {
        BackupEntry backup = details.backup();
        Manifest manifest = details.manifest();
        console.line(console.bold(backup.backupId()) + "  " + ListCommand.state(backup));
        console.line("  database     " + backup.database() + " (\"" + manifest.source().databaseName() + "\", owner "
                + manifest.source().owner() + ")");
        console.line("  server       PostgreSQL " + manifest.source().serverVersion() + ", system "
                + manifest.source().systemIdentifier() + ", at " + manifest.source().lsn());
        console.line("  data of      " + backup.snapshotTime());
        console.line("  took         " + Size.seconds(backup.durationSeconds()) + ", attempt " + manifest.attempt()
                + ", by " + manifest.tool().name() + " " + manifest.tool().version());
        console.line("  size         " + Size.bytes(backup.plainBytes()) + " dumped, " + Size.bytes(backup.storedBytes()) + " stored");
        console.line("  encryption   " + (backup.encrypted() ? "OpenPGP to " + String.join(", ", manifest.encryption().recipients())
                : "none"));
        console.line("  manifest     SHA-256 " + details.manifestSha256());
        for (BackupEntry.Copy copy : backup.copies()) {
            console.line("  copy in      " + copy.repository() + " (" + copy.location() + "), " + copy.state());
        }
        manifest.streams().forEach(stream -> stream.parts().forEach(part ->
                console.line("  object       " + part.key() + "  " + Size.bytes(part.bytes()))));
        details.verifications().forEach(verification -> tell(verification, console));
    }

    static void tell(Verification verification, Console console) {
        String outcome = switch (verification.outcome()) {
            case "verified" -> console.good("verified") + " up to " + verification.level();
            case "refuted" -> console.bad("refuted") + " at " + verification.level() + ", " + verification.findingsTotal() + " findings";
            default -> verification.outcome() + " (" + verification.reason() + ": " + verification.detail() + ")";
        };
        console.line("  verification " + verification.endedAt() + "  " + outcome
                + (verification.restoreSeconds() == null ? "" : ", restored in " + Size.seconds(verification.restoreSeconds())));
        if (verification.counts() != null && verification.outcome().equals("verified")) {
            console.line("               " + Size.count(verification.counts().tables()) + " tables, "
                    + Size.count(verification.counts().rows()) + " rows, " + Size.count(verification.counts().largeObjects())
                    + " large objects, " + Size.count(verification.counts().schemaObjects()) + " schema objects compared");
        }
        if (verification.findings() != null) {
            verification.findings().forEach(finding -> console.line("               " + finding.what() + " " + finding.where()
                    + ": expected " + finding.expected() + ", found " + finding.found()));
        }
    }
}
