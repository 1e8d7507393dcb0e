package dev.holdfast.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips, with the reason, what restores into a scratch server where the machine does not permit the namespaces that keep it
 * apart: a container without SYS_ADMIN, or a kernel that denies user namespaces to ordinary users.
 */
public final class NeedsNamespaces implements ExecutionCondition {

    private static final String UNSHARE = "/usr/bin/unshare";

    private static volatile String refused;
    private static volatile boolean asked;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (!asked) {
            refused = refusal(UNSHARE);
            asked = true;
        }
        return refused == null ? ConditionEvaluationResult.enabled("namespaces are permitted")
                : ConditionEvaluationResult.disabled("test restores need namespaces, which are not permitted here: " + refused);
    }

    /** Null where they are permitted. */
    static String refusal(String unshare) {
        try {
            List<String> command = new ArrayList<>(List.of(unshare));
            if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
                command.addAll(List.of("--user", "--map-root-user"));
            }
            command.addAll(List.of("--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--", "/bin/true"));
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readNBytes(500)).strip();
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                return "unshare does not end";
            }
            return process.exitValue() == 0 ? null : said;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
