package dev.holdfast.scheduler.alert;

import java.nio.file.Files;
import java.nio.file.Path;

/** The project's own files. */
final class ProjectFolder {

    private ProjectFolder() {
    }

    static Path at(String path) {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/configuration.md"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("no folder above this module holds docs/configuration.md");
            }
        }
        return folder.resolve(path);
    }
}
