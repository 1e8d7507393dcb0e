package dev.holdfast.cli.demo;

import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.output.Size;
import java.time.Instant;
import java.util.List;

/** What a demo ended with; the document of {@code demo --json}. Sizes are bytes, durations seconds. */
public record DemoReport(String backupId, Source source, Stored stored, Proof proof, Webhook webhook, StockCommands stockTools,
        String folder, boolean kept, double seconds) {

    /** What was backed up. */
    public record Source(String server, String database, long bytesOnDisk, Instant snapshotTime) {
    }

    /** What lies in the repository. */
    public record Stored(String location, List<String> files, long plainBytes, long storedBytes, boolean encrypted,
            String manifestSha256, double seconds) {
    }

    /** What was proven, read from the repository. */
    public record Proof(String outcome, List<String> levels, long tables, long rows, long largeObjects, long schemaObjects,
            List<String> notCompared, String isolation, double seconds, Double restoreSeconds) {
    }

    /** The delivery of {@code backup.verified}; {@code genuine} says that the subscriber found the signature right. */
    public record Webhook(String url, String webhookId, String eventType, boolean genuine, int delivered) {
    }

    /** {@code entries} were listed by exactly {@code list}. */
    public record StockCommands(List<String> prepare, List<String> list, List<String> restore, long entries) {
    }

    void tell(Console console) {
        console.line("");
        console.line(console.bold("Backup " + backupId) + ", requested, dumped, stored, proven and told in " + Size.seconds(seconds));
        console.line("  source    database \"" + source.database() + "\" on PostgreSQL " + source.server() + ", "
                + Size.bytes(source.bytesOnDisk()) + " on disk, as of " + source.snapshotTime());
        console.line("  backup    " + Size.bytes(stored.plainBytes()) + " dumped, " + Size.bytes(stored.storedBytes())
                + " stored" + (stored.encrypted() ? ", encrypted (OpenPGP)" : "") + ", in " + Size.seconds(stored.seconds()));
        console.line("  proof     " + console.good(proof.outcome()) + ": " + String.join(" > ", proof.levels()) + " passed, in "
                + Size.seconds(proof.seconds()) + ", restored in " + Size.seconds(proof.restoreSeconds()) + " (the proven RTO)");
        console.line("            compared " + Size.count(proof.tables()) + " tables, " + Size.count(proof.rows()) + " rows, "
                + Size.count(proof.largeObjects()) + " large objects, " + Size.count(proof.schemaObjects())
                + " schema objects; scratch server isolated by " + proof.isolation());
        if (!proof.notCompared().isEmpty()) {
            console.line("            not compared: " + String.join("; ", proof.notCompared()));
        }
        console.line("  webhook   " + webhook.eventType() + " arrived at " + webhook.url() + ", signature "
                + (webhook.genuine() ? console.good("verified") : console.bad("WRONG")) + " (" + webhook.webhookId() + "; "
                + webhook.delivered() + " deliveries in all)");
        console.line("  files     " + stored.location());
        stored.files().forEach(file -> console.line("            " + file));
        if (kept) {
            tellCommands(console);
        } else {
            console.line("  opened    with gpg, zstd and pg_restore alone: " + Size.count(stockTools.entries()) + " entries listed");
            console.line("            holdfast demo --keep leaves it all here and prints the commands");
        }
    }

    private void tellCommands(Console console) {
        console.line("");
        console.line(console.bold("Without Holdfast") + ", with stock tools (the listing was just run: "
                + Size.count(stockTools.entries()) + " entries):");
        stockTools.prepare().forEach(command -> console.line("  " + command));
        console.line("  # open it and list what is in it");
        stockTools.list().forEach(command -> console.line("  " + command));
        console.line("  # restore it into a new database of the demo's server");
        stockTools.restore().forEach(command -> console.line("  " + command));
    }
}
