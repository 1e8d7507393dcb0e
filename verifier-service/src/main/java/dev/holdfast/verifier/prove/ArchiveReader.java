package dev.holdfast.verifier.prove;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.Enclosure;
import dev.holdfast.postgres.program.PostgresCommand;
import dev.holdfast.postgres.program.RunningProgram;
import dev.holdfast.postgres.program.ToolSet;
import dev.holdfast.postgres.scratch.ScratchCluster;
import dev.holdfast.postgres.scratch.WalledPrograms;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the programs that parse an archive, which whoever could write to the source has a hand in: behind the scratch
 * cluster's wall, behind one of their own where there is no cluster, and without any only where this machine permits none.
 */
final class ArchiveReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ArchiveReader.class);

    private final Function<PostgresCommand, RunningProgram> programs;
    private final Runnable afterwards;

    private ArchiveReader(Function<PostgresCommand, RunningProgram> programs, Runnable afterwards) {
        this.programs = programs;
        this.afterwards = afterwards;
    }

    static ArchiveReader within(ScratchCluster cluster) {
        return new ArchiveReader(cluster::start, () -> { });
    }

    static ArchiveReader of(ProverSettings settings, ToolSet tools, Evidence evidence) {
        try {
            WalledPrograms walled = WalledPrograms.open(settings.scratch(), settings.scratchUser(), tools);
            evidence.isolation(walled.isolation().label());
            return new ArchiveReader(walled::start, walled::close);
        } catch (HoldfastException e) {
            LOG.warn("an archive is read without a wall: {}", e.getMessage());
            return new ArchiveReader(command -> command.start(tools, Enclosure.NONE), () -> { });
        }
    }

    RunningProgram start(PostgresCommand command) {
        return programs.apply(command);
    }

    @Override
    public void close() {
        afterwards.run();
    }
}
