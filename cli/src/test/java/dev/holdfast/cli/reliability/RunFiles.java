package dev.holdfast.cli.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Steps that show in the repository only, seen from outside by the names in docs/repository-format.md, and when they were made. */
final class RunFiles {

    private RunFiles() {
    }

    static Optional<Instant> dataCommitted(Scene scene) {
        return first(files(scene.folder(scene.backup())).stream().filter(file -> file.getFileName().toString().startsWith("data.dump")));
    }

    static Optional<Instant> evidenceStored(Scene scene) {
        return first(files(scene.folder(scene.backup()).resolve("verifications")).stream());
    }

    /** A tombstone that is gone again leaves no time, so it is the time at which that was found. */
    static Optional<Instant> olderCondemned(Scene scene) {
        Path older = scene.folder(scene.older().orElseThrow());
        Optional<Instant> tombstone = first(Stream.of(older.resolve("tombstone.json")));
        return tombstone.isPresent() || Files.exists(older.resolve("manifest.json")) ? tombstone : Optional.of(Instant.now());
    }

    /** Files below a folder that are no temporary ones. */
    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).filter(file -> !file.getFileName().toString().startsWith(".")).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            return List.of(); // a folder that went away while it was looked at
        } catch (IOException e) {
            throw new UncheckedIOException("looking into " + folder, e);
        }
    }

    private static Optional<Instant> first(Stream<Path> files) {
        return files.flatMap(file -> {
            try {
                return Stream.of(Files.getLastModifiedTime(file).toInstant());
            } catch (NoSuchFileException e) {
                return Stream.empty();
            } catch (IOException e) {
                throw new UncheckedIOException("looking at " + file, e);
            }
        }).min(Instant::compareTo);
    }
}
