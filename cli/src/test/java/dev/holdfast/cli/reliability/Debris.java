package dev.holdfast.cli.reliability;

import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Orphan;
import dev.holdfast.repository.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What must not be left of a run: a program, a scratch folder, a lock or session at the source, and in the repository anything
 * beside committed backups, their proofs and the orphans that the repository itself reports. Temporary files of killed writers go
 * by their age; here the age is now.
 */
final class Debris {

    private final Installation installation;

    Debris(Installation installation) {
        this.installation = installation;
    }

    /** Empty where all is clean. */
    List<String> of(Scene scene) {
        List<String> found = new ArrayList<>(installation.children());
        for (Path verifier : entries(installation.scratch())) {
            found.addAll(entries(verifier).stream().map(entry -> "scratch: " + entry).toList());
        }
        found.addAll(installation.source().query("SELECT 'session: ' || application_name FROM pg_stat_activity WHERE application_name LIKE 'holdfast/%'"));
        found.addAll(installation.source().query("SELECT 'advisory lock of ' || pid FROM pg_locks WHERE locktype = 'advisory'"));
        try (Repository repository = installation.open()) {
            repository.expirer().removeAbandonedUploads(Instant.now());
            found.addAll(unknown(scene, repository));
        }
        return found;
    }

    private static List<String> unknown(Scene scene, Repository repository) {
        Set<String> known = new HashSet<>();
        for (ManifestDocument manifest : repository.catalog().backups(scene.database()).stream()
                .map(id -> repository.catalog().manifest(scene.database(), id)).toList()) {
            manifest.manifest().streams().forEach(stream -> stream.parts().forEach(part -> known.add(part.key())));
        }
        List<String> orphans = repository.expirer().orphans(scene.database()).stream().map(Orphan::folder).toList();
        Path root = scene.repository();
        return files(root.resolve("db").resolve(scene.database())).stream().map(file -> root.relativize(file).toString())
                .filter(key -> !known.contains(key) && !key.endsWith("/manifest.json") && !key.contains("/verifications/"))
                .filter(key -> orphans.stream().noneMatch(key::contains)).map(key -> "object: " + key).toList();
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> Files.isRegularFile(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw new AssertionError("a folder went away while it was looked at", e);
        } catch (IOException e) {
            throw new UncheckedIOException("listing " + folder, e);
        }
    }

    private static List<Path> entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException("listing " + folder, e);
        }
    }
}
