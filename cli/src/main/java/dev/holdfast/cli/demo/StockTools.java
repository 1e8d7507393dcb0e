package dev.holdfast.cli.demo;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.manifest.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The commands that open the demo's backup without Holdfast, as one would type them, and the proof that they do. */
final class StockTools {

    static final String RESTORED = "shop_restored";

    private final Path folder;
    private final Path repository;
    private final Path programs;
    private final int port;
    private final Manifest.DataStream data;

    /** @param programs the folder of pg_restore */
    StockTools(Path folder, Path repository, Path programs, int port, Manifest.DataStream data) {
        this.folder = folder;
        this.repository = repository;
        this.programs = programs;
        this.port = port;
        this.data = data;
    }

    /** Once per terminal. */
    List<String> prepare() {
        return List.of("export GNUPGHOME=" + quoted(folder.resolve("gnupg")) + " PGPASSFILE=" + quoted(folder.resolve("secrets/pgpass")),
                "gpg --quiet --batch --import " + quoted(folder.resolve("keys/backup.sec.asc")));
    }

    /** Prints the archive's table of contents. */
    String list() {
        return opened() + " | " + quoted(programs.resolve("pg_restore")) + " --list";
    }

    /** Makes a database of it in the demo's own server. */
    List<String> restore() {
        String server = "-h 127.0.0.1 -p " + port + " -U " + SampleCluster.USER;
        return List.of(quoted(programs.resolve("createdb")) + " " + server + " " + RESTORED,
                opened() + " | " + quoted(programs.resolve("pg_restore")) + " " + server + " -d " + RESTORED);
    }

    /** Runs the listing as printed and counts the archive's entries. */
    long countEntries() {
        String script = String.join("\n", prepare()) + "\n" + list();
        try {
            Process process = new ProcessBuilder("bash", "-c", "set -euo pipefail\n" + script).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new HoldfastException(FailureKind.PERMANENT, "stock-tools-failed",
                        "listing the backup with gpg, zstd and pg_restore failed: " + printed.strip(),
                        "install gnupg and zstd (bin/holdfast does); if they are there, the backup is not what it should be");
            }
            return printed.lines().filter(line -> line.matches("\\d+; .*")).count();
        } catch (IOException e) {
            throw new UncheckedIOException("running bash", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "listing the backup: interrupted", "start again", e);
        }
    }

    /** Ends the agent that gpg leaves running in the demo's folder, also where the commands were typed by hand. */
    void endAgent() throws IOException, InterruptedException {
        new ProcessBuilder("gpgconf", "--homedir", folder.resolve("gnupg").toString(), "--kill", "all")
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    private String opened() {
        String parts = data.parts().stream().map(part -> quoted(repository.resolve(part.key()))).collect(Collectors.joining(" "));
        return "cat " + parts + " | gpg --quiet --batch --decrypt" + (data.compression().equals("zstd") ? " | zstd -dc" : "");
    }

    private static String quoted(Path path) {
        String text = path.toString();
        return text.matches("[A-Za-z0-9_./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
