package dev.holdfast.postgres.source;

import dev.holdfast.postgres.program.ToolSet;

/** A source that can be dumped: what it is, and the tools to dump it with. */
public record Preflight(SourceDescription source, ToolSet tools) {
}
