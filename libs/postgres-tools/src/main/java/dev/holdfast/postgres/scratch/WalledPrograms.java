package dev.holdfast.postgres.scratch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.PostgresCommand;
import dev.holdfast.postgres.program.RunningProgram;
import dev.holdfast.postgres.program.ToolSet;

/**
 * Programs behind the same wall as a {@link ScratchCluster}'s, without a server: for reading what somebody else may have
 * made up.
 */
public final class WalledPrograms implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WalledPrograms.class);

    private final ScratchFolder folder;
    private final Wall wall;
    private final ToolSet tools;

    private WalledPrograms(ScratchFolder folder, Wall wall, ToolSet tools) {
        this.folder = folder;
        this.wall = wall;
        this.tools = tools;
    }

    /**
     * @param parent the folder scratch clusters are made in
     * @param user   who the programs run as where we are root; {@code postgres} without one
     * @throws HoldfastException {@code isolation-not-permitted}, {@code scratch-user-missing}, {@code scratch-failed}
     */
    public static WalledPrograms open(Path parent, Optional<String> user, ToolSet tools) {
        try {
            ScratchFolder folder = ScratchFolder.create(parent);
            try {
                Files.createDirectory(folder.path().resolve("root"));
                return new WalledPrograms(folder, Wall.around(folder.path(), user, tools), tools);
            } catch (IOException | RuntimeException e) {
                folder.remove();
                throw e;
            }
        } catch (IOException e) {
            throw new HoldfastException(FailureKind.RETRIABLE, "scratch-failed", "building a wall in " + parent + ": " + e,
                    "Check that the scratch folder can be written and its disk is not full.", e);
        }
    }

    public Isolation isolation() {
        return wall.isolation();
    }

    /** The caller closes it, before this. */
    public RunningProgram start(PostgresCommand command) {
        return command.start(tools, wall.enclosure());
    }

    @Override
    public void close() {
        try {
            folder.remove();
        } catch (IOException e) {
            LOG.warn("{} could not be removed; the next scratch cluster here removes it", folder.path(), e);
        }
    }
}
