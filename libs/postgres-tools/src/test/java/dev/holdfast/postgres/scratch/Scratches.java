package dev.holdfast.postgres.scratch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.holdfast.postgres.program.LocaleSettings;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.program.ToolSet;
import dev.holdfast.testkit.PostgresServer;

/** Small scratch clusters for tests. */
final class Scratches {

    private Scratches() {
    }

    static ScratchSpec spec(Path parent, String encoding, String locale, String... preload) {
        return new ScratchSpec(parent, Optional.empty(), tools(), LocaleSettings.libc(encoding, locale, locale),
                List.of(preload), ScratchSizing.of(2, 512L << 20));
    }

    static ToolSet tools() {
        return PostgresTools.locate(List.of(PostgresServer.shared().programFolder())).installed().getFirst();
    }
}
