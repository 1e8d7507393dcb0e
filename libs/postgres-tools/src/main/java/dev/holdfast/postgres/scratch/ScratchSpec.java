package dev.holdfast.postgres.scratch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.holdfast.postgres.program.LocaleSettings;
import dev.holdfast.postgres.program.ToolSet;

/**
 * What a scratch cluster is made from.
 *
 * @param parent           the folder scratch clusters are made in
 * @param user             who the server runs as where we are root; {@code postgres} without one
 * @param tools            programs of the server's own major, {@link ToolSet#hasServer()}
 * @param preloadLibraries for {@code shared_preload_libraries}; a missing one is {@code library-missing}
 */
public record ScratchSpec(Path parent, Optional<String> user, ToolSet tools, LocaleSettings locale,
        List<String> preloadLibraries, ScratchSizing sizing) {
}
