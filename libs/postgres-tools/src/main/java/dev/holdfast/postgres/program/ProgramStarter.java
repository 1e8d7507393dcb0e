package dev.holdfast.postgres.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts programs that die with this process, in a session of their own, with an environment built from nothing.
 * The why of each step is in RATIONALE.md.
 */
final class ProgramStarter {

    private static final Logger LOG = LoggerFactory.getLogger(ProgramStarter.class);

    /** The parent-death signal fires when the forking thread ends; this one lives as long as the process. */
    private static final ExecutorService FORKER = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("program-starter").factory());

    private static final Optional<Path> SETPRIV = find("setpriv");
    private static final Optional<Path> SETSID = find("setsid");

    static {
        if (SETPRIV.isEmpty()) {
            LOG.warn("setpriv (util-linux) is not installed: programs that are started may outlive this process when it is killed");
        }
    }

    private ProgramStarter() {
    }

    static RunningProgram start(List<String> command, Map<String, String> environment) {
        return start(command, environment, Enclosure.NONE, Redaction.NONE, () -> { });
    }

    /** Never throws for a program that can't be started: {@link RunningProgram#await} tells. */
    static RunningProgram start(List<String> command, Map<String, String> environment, Enclosure enclosure,
            Redaction redaction, Runnable afterwards) {
        if (!Files.isExecutable(Path.of(command.getFirst()))) {
            afterwards.run();
            return RunningProgram.notStarted(command.getFirst(), "no such program, or it may not be executed");
        }
        List<String> whole = new ArrayList<>();
        SETSID.ifPresent(path -> whole.add(path.toString()));
        SETPRIV.ifPresent(path -> whole.addAll(List.of(path.toString(), "--pdeathsig", "KILL", "--")));
        whole.addAll(enclosure.prefix());
        Map<String, String> complete = new TreeMap<>(Map.of("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL", "C"));
        complete.putAll(environment);
        appendCommand(whole, command, complete);
        ProcessBuilder builder = new ProcessBuilder(whole).directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().putAll(complete);
        try {
            return RunningProgram.started(command.getFirst(), fork(builder), SETSID.isPresent(), enclosure, redaction, afterwards);
        } catch (ExecutionException e) {
            afterwards.run();
            return RunningProgram.notStarted(command.getFirst(), String.valueOf(e.getCause().getMessage()));
        }
    }

    /** An interrupt is left to whoever waits for the program's end: here it would leave a program that nobody knows of. */
    private static Process fork(ProcessBuilder builder) throws ExecutionException {
        Future<Process> process = FORKER.submit(builder::start);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Java encodes arguments and environment in the platform's charset, where {@code é} becomes {@code ?} under the
     * POSIX locale. What is not ASCII is therefore written by a shell's printf, from octal.
     */
    private static void appendCommand(List<String> whole, List<String> command, Map<String, String> environment) {
        if (Stream.concat(command.stream(), environment.values().stream()).allMatch(ProgramStarter::isAscii)) {
            whole.addAll(command);
            return;
        }
        StringBuilder script = new StringBuilder();
        for (var iterator = environment.entrySet().iterator(); iterator.hasNext();) {
            var entry = iterator.next();
            if (!isAscii(entry.getValue())) {
                script.append(assignment(entry.getKey(), entry.getValue())).append("export ").append(entry.getKey()).append('\n');
                iterator.remove();
            }
        }
        StringBuilder call = new StringBuilder("exec");
        for (int i = 0; i < command.size(); i++) {
            script.append(assignment("a" + i, command.get(i)));
            call.append(" \"$a").append(i).append('"');
        }
        whole.addAll(List.of("/bin/sh", "-c", script.append(call).toString()));
    }

    /** The x keeps trailing newlines, which command substitution drops. */
    private static String assignment(String name, String value) {
        StringBuilder octal = new StringBuilder();
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            octal.append('\\').append(Integer.toOctalString((b & 0xFF) | 01000).substring(1));
        }
        return "%s=$(printf '%sx')\n%s=${%s%%x}\n".formatted(name, octal, name, name);
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }

    static Optional<Path> find(String name) {
        return Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin").map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable).findFirst();
    }
}
