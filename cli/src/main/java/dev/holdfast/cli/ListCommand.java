package dev.holdfast.cli;

import dev.holdfast.cli.catalog.BackupEntry;
import dev.holdfast.cli.catalog.ReadBackups;
import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.output.Size;
import dev.holdfast.cli.output.Table;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.repositories.Repositories;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "list", mixinStandardHelpOptions = true,
        description = "List the backups that the repositories hold, with what has been proven of each. Needs no broker.")
final class ListCommand implements Callable<Integer> {

    /** The document of {@code list --json}. */
    record Listing(List<BackupEntry> backups) {
    }

    private final HoldfastCommand holdfast;

    @Parameters(paramLabel = "DB", arity = "0..1", description = "Only this database (its alias).")
    String database;

    ListCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() {
        HoldfastConfig config = holdfast.config();
        try (Repositories repositories = holdfast.repositories(config, ServiceRole.RETENTION)) {
            ReadBackups reading = new ReadBackups(repositories.all().values(), config::proofLevel);
            List<BackupEntry> backups = reading.list(Optional.ofNullable(database));
            holdfast.console().document(new Listing(backups));
            if (!holdfast.json) {
                tell(backups);
            }
            return failures(reading.failures(), holdfast.console());
        }
    }

    /** Names what could not be read; then the listing is not whole. */
    static int failures(List<HoldfastException> failures, Console console) {
        failures.forEach(failure -> console.error("holdfast: " + failure.getMessage() + "\n  next: " + failure.nextStep()
                + "\n  code: " + failure.code()));
        return failures.isEmpty() ? ExitCode.DONE.code() : ExitCode.FAILED.code();
    }

    private void tell(List<BackupEntry> backups) {
        Console console = holdfast.console();
        if (backups.isEmpty()) {
            console.line("No backups" + (database == null ? "" : " of '" + database + "'") + ".");
            return;
        }
        Table table = new Table("DATABASE", "BACKUP", "DATA OF (UTC)", ">STORED", ">TOOK", "STATE", "REPOSITORIES");
        for (BackupEntry backup : backups) {
            table.row(backup.database(), backup.backupId(), backup.snapshotTime().toString().replaceFirst("\\..*|Z$", "").replace('T', ' '),
                    Size.bytes(backup.storedBytes()), Size.seconds(backup.durationSeconds()), state(backup),
                    String.join(", ", backup.copies().stream().map(BackupEntry.Copy::repository).toList()));
        }
        console.lines(table.lines());
    }

    static String state(BackupEntry backup) {
        return switch (backup.state()) {
            case "verified" -> "verified (" + backup.level() + ")";
            case "unverified" -> "not verified yet";
            default -> backup.state();
        };
    }
}
