package dev.holdfast.worker.backup;

import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.program.ToolSet;
import dev.holdfast.postgres.source.Preflight;
import dev.holdfast.postgres.source.SourceDescription;
import dev.holdfast.postgres.source.SourceProbe;

/** Second step: the source can be dumped; what it is, and the tools to dump it with. */
record PreflightSource(ConnectionSettings settings, SourceDescription description, ToolSet tools, boolean mayReadPasswords) {

    /** @throws dev.holdfast.failure.HoldfastException as {@link SourceProbe#preflight} */
    static PreflightSource of(SourceTurn turn, PostgresTools tools) {
        Preflight preflight = turn.probe().preflight(tools);
        return new PreflightSource(turn.settings(), preflight.source(), preflight.tools(), turn.probe().mayReadRolePasswords());
    }
}
