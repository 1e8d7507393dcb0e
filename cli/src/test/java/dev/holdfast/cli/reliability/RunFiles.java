package dev.holdfast.cli.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Steps that show in the repository only, seen from outside by the names in docs/repository-format.md. */
final class RunFiles {

    private RunFiles() {
    }

    static boolean dataCommitted(Scene scene) {
        return names(scene.folder(scene.backup())).stream().anyMatch(name -> name.startsWith("data.dump"));
    }

    static boolean evidenceStored(Scene scene) {
        return !names(scene.folder(scene.backup()).resolve("verifications")).isEmpty();
    }

    static boolean olderCondemned(Scene scene) {
        Path older = scene.folder(scene.older().orElseThrow());
        return Files.exists(older.resolve("tombstone.json")) || !Files.exists(older.resolve("manifest.json"));
    }

    /** Names of the files below a folder that are no temporary ones. */
    static List<String> names(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).filter(name -> !name.startsWith(".")).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            return List.of(); // a folder that went away while it was looked at
        } catch (IOException e) {
            throw new UncheckedIOException("looking into " + folder, e);
        }
    }
}
