package dev.holdfast.cli.demo;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.manifest.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

    /** Once per terminal; what is decrypted is for nobody else to read. */
    List<String> prepare() {
        return List.of("umask 077; export GNUPGHOME=" + quoted(folder.resolve("gnupg")) + " PGPASSFILE="
                + quoted(folder.resolve("secrets/pgpass")),
                "gpg --quiet --batch --import " + quoted(folder.resolve("keys/backup.sec.asc")));
    }

    /** Opens it into a file and prints the archive's table of contents. */
    List<String> list() {
        String parts = data.parts().stream().map(part -> quoted(repository.resolve(part.key()))).collect(Collectors.joining(" "));
        return List.of("cat " + parts + " | gpg --quiet --batch --decrypt" + (data.compression().equals("zstd") ? " | zstd -dc" : "")
                + " > " + quoted(archive()), quoted(programs.resolve("pg_restore")) + " --list " + quoted(archive()));
    }

    /** Makes a database of the file in the demo's own server. */
    List<String> restore() {
        String server = "-h 127.0.0.1 -p " + port + " -U " + SampleCluster.USER;
        return List.of(quoted(programs.resolve("createdb")) + " " + server + " " + RESTORED,
                quoted(programs.resolve("pg_restore")) + " " + server + " -d " + RESTORED + " " + quoted(archive()));
    }

    private Path archive() {
        return folder.resolve("shop.dump");
    }

    /** Runs the listing as printed and counts the archive's entries. */
    long countEntries() {
        String script = String.join("\n", prepare()) + "\n" + String.join("\n", list());
        try {
            Process process = new ProcessBuilder("bash", "-c", "set -euo pipefail\n" + script).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new HoldfastException(FailureKind.PERMANENT, "stock-tools-failed",
                        "listing the backup with gpg, zstd and pg_restore failed: " + printed.strip(),
                        "install gnupg and zstd (bin/holdfast does); if they are there, the backup is not what it should be");
            }
            Files.delete(archive());
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

    private static String quoted(Path path) {
        String text = path.toString();
        return text.matches("[A-Za-z0-9_./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
