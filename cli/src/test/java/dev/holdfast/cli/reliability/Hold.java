package dev.holdfast.cli.reliability;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Set;

/** Keeps a run at a step until the blow has fallen: a dump waits for a table, and whoever would take the next step is stopped. */
final class Hold implements AutoCloseable {

    private final Installation installation;
    private final Set<Part> stopped = EnumSet.noneOf(Part.class);
    private Connection lock;

    Hold(Installation installation) {
        this.installation = installation;
    }

    void lockTable() {
        try {
            lock = installation.source().connect();
            lock.setAutoCommit(false);
            try (Statement statement = lock.createStatement()) {
                statement.execute("LOCK TABLE kept IN ACCESS EXCLUSIVE MODE");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("holding the dump", e);
        }
    }

    void unlockTable() {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("letting the dump go on", e);
        }
        lock = null;
    }

    void stop(Iterable<Part> parts) {
        for (Part part : parts) {
            Signal.STOP.send(installation.handle(part));
            stopped.add(part);
        }
    }

    /** Those that were stopped go on, but for one whose own turn it is to be stopped. */
    void letGo(KillCase which) {
        stopped.removeIf(part -> {
            if (part != which.victim() || which.fault() != Fault.SIGSTOP) {
                Signal.CONT.send(installation.handle(part));
            }
            return true;
        });
    }

    @Override
    public void close() {
        unlockTable();
        stopped.forEach(part -> Signal.CONT.send(installation.handle(part)));
    }
}
