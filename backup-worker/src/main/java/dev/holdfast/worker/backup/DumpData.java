package dev.holdfast.worker.backup;

import dev.holdfast.postgres.program.PgDump;
import dev.holdfast.postgres.program.RunningProgram;
import dev.holdfast.postgres.source.ExportedSnapshot;
import dev.holdfast.repository.write.BackupCopies;
import dev.holdfast.repository.write.Encoding;
import dev.holdfast.repository.write.StreamSpec;
import java.util.Optional;

/** The database itself, as of the exported snapshot; its table of contents is read back while it passes. */
final class DumpData {

    private DumpData() {
    }

    static void write(Run run, PreflightSource source, ExportedSnapshot snapshot, Optional<Encoding> encryption,
            BackupCopies copies, RunControl control) {
        PgDump command = new PgDump(source.settings(), run.sessions().toString(), Optional.of(snapshot.id()),
                run.policy().lockWaitTimeout());
        try (RunningProgram program = control.guard(command.start(source.tools()));
                ListedArchive archive = ListedArchive.of(program.stdout(), source.tools(), control)) {
            copies.write(StreamSpec.data(run.folder(), compression(source), encryption, run.partBytes()), archive, () -> {
                command.check(program.await(control.remaining()));
                control.check();
                archive.requireReadable();
            });
        }
    }

    /** Tools that can't compress well inside write plainly, and the pipeline compresses around them. */
    static String compression(PreflightSource source) {
        String inside = PgDump.compression(source.tools());
        return inside.equals("none") ? StreamSpec.ZSTD_AROUND : inside;
    }
}
