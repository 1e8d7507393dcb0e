package dev.holdfast.worker.backup;

import dev.holdfast.postgres.program.PgDumpAll;
import dev.holdfast.postgres.program.RunningProgram;
import dev.holdfast.repository.write.BackupCopies;
import dev.holdfast.repository.write.Encoding;
import dev.holdfast.repository.write.StreamSpec;
import java.util.Optional;

/**
 * Roles, grants and tablespaces, right after the snapshot was taken: a role made in between is then in both, and
 * everything that fails quickly fails before the long part.
 */
final class DumpGlobals {

    private DumpGlobals() {
    }

    static void write(Run run, PreflightSource source, boolean rolePasswords, Optional<Encoding> encryption,
            BackupCopies copies, RunControl control) {
        PgDumpAll command = new PgDumpAll(source.settings(), run.sessions().toString(), rolePasswords,
                run.policy().lockWaitTimeout());
        try (RunningProgram program = control.guard(command.start(source.tools()))) {
            copies.write(StreamSpec.globals(run.folder(), encryption), program.stdout(), () -> {
                command.check(program.await(control.remaining()));
                control.check();
            });
        }
    }
}
