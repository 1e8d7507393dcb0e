package dev.holdfast.postgres.program;

import java.util.List;
import java.util.Map;

/** Small shell scripts as programs. */
final class Scripts {

    private Scripts() {
    }

    static RunningProgram start(String script) {
        return start(script, Map.of());
    }

    static RunningProgram start(String script, Map<String, String> environment) {
        return ProgramStarter.start(List.of("/bin/sh", "-c", script), environment);
    }
}
