package dev.holdfast.verifier.prove;

import dev.holdfast.postgres.program.LocaleSettings;
import dev.holdfast.postgres.program.ToolSet;
import dev.holdfast.postgres.scratch.ScratchCluster;
import dev.holdfast.postgres.scratch.ScratchSpace;
import dev.holdfast.postgres.scratch.ScratchSpec;
import dev.holdfast.repository.manifest.Manifest;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The scratch cluster of one proof, or what kept it from starting. */
final class Scratch implements AutoCloseable {

    private final Optional<ScratchCluster> cluster;
    private final RuntimeException obstacle;

    private final Optional<ScratchSpace.Reserved> room;

    private Scratch(Optional<ScratchCluster> cluster, RuntimeException obstacle, Optional<ScratchSpace.Reserved> room) {
        this.cluster = cluster;
        this.obstacle = obstacle;
        this.room = room;
    }

    static Scratch none() {
        return new Scratch(Optional.empty(), new IllegalStateException("no scratch cluster was asked for"), Optional.empty());
    }

    /** @param room given back once the cluster is gone */
    static Scratch of(ScratchCluster cluster, ScratchSpace.Reserved room) {
        return new Scratch(Optional.of(cluster), null, Optional.of(room));
    }

    static Scratch not(RuntimeException obstacle) {
        return new Scratch(Optional.empty(), obstacle, Optional.empty());
    }

    /** Databases bring their own locale and encoding; the cluster itself needs none. */
    static ScratchSpec spec(ProverSettings settings, ToolSet tools, Manifest manifest) {
        return new ScratchSpec(settings.scratch(), settings.scratchUser(), tools, LocaleSettings.libc("UTF8", "C", "C"),
                preloads(tools, manifest), settings.sizing());
    }

    /**
     * A library that the source preloads is preloaded where an extension of the dump carries its name and it is
     * installed: others (logging, statistics) change nothing in a restore, and missing ones show when it is needed.
     */
    private static List<String> preloads(ToolSet tools, Manifest manifest) {
        Set<String> extensions = manifest.source().extensions().stream().map(Manifest.Extension::name)
                .collect(Collectors.toSet());
        return manifest.source().preloadLibraries().stream()
                .filter(library -> extensions.contains(library) && library.matches("[A-Za-z0-9_.-]+")
                        && Files.exists(tools.folder().resolveSibling("lib").resolve(library + ".so")))
                .toList();
    }

    Optional<ScratchCluster> cluster() {
        return cluster;
    }

    /** Throws what kept it from starting. */
    ScratchCluster require() {
        return cluster.orElseThrow(() -> obstacle);
    }

    @Override
    public void close() {
        cluster.ifPresent(ScratchCluster::close);
        room.ifPresent(ScratchSpace.Reserved::close);
    }
}
