package dev.holdfast.cli;

import dev.holdfast.scheduler.control.PauseActivities;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is paused or resumed: the schedule of one database or of all, or what retention deletes. */
final class PauseTarget {

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Parameters(paramLabel = "DB|prune", arity = "0..1",
            description = "A database's alias: its scheduled backups. The word prune: what retention deletes.")
    String what;

    @Option(names = "--all", description = "The scheduled backups of every database.")
    boolean all;

    @Option(names = "--database", paramLabel = "DB",
            description = "With prune: of this database only. Alone: its scheduled backups, for one that is called prune.")
    String database;

    /** Backup or prune. */
    String activity() {
        boolean prune = "prune".equals(what);
        if (all ? what != null || database != null : what == null ? database == null : database != null && !prune) {
            throw new CommandLine.ParameterException(command.commandLine(), "name one: a database, --all, or prune (which takes --database)");
        }
        return prune ? PauseActivities.PRUNE : PauseActivities.BACKUP;
    }

    /** Its alias, null for all. */
    String database() {
        return database != null ? database : all || "prune".equals(what) ? null : what;
    }

    /** In words. */
    String text() {
        String of = database() == null ? "every database" : "'" + database() + "'";
        return activity().equals(PauseActivities.PRUNE) ? "pruning of " + of : "the scheduled backups of " + of;
    }
}
