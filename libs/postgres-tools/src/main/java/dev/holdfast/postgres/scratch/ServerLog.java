package dev.holdfast.postgres.scratch;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.postgres.program.RunningProgram;

/**
 * The errors that a scratch server writes of its sessions. A message never begins a line there: the server puts a tab
 * after each line feed inside one, so what a function raises can't pretend to be another error or to come from another
 * place (manual, "Error Reporting and Logging").
 */
final class ServerLog {

    /** For postgresql.conf; a crash of one session ends the server, which is seen from outside. */
    static final List<String> SETTINGS = List.of("log_destination = 'stderr'", "logging_collector = off",
            "log_min_messages = error", "log_min_error_statement = panic", "log_error_verbosity = verbose",
            "log_line_prefix = '" + Entry.PREFIX + "'", "log_checkpoints = off", "lc_messages = 'C'",
            "restart_after_crash = off");

    private ServerLog() {
    }

    /**
     * One error.
     *
     * @param sqlState five characters, which who raises an error may choose; empty where a deep recursion said so much
     *                 that it is not kept
     * @param function the function of the server, or of a library, that raised it
     * @param file     that function's source file
     */
    record Entry(String sqlState, String function, String file) {

        static final String PREFIX = "holdfast ";
        static final String RECURSION = "check_stack_depth";
        private static final Pattern ERROR = Pattern.compile("(?m)^" + PREFIX + "(?:ERROR|FATAL|PANIC):  ([0-9A-Z]{5}): ");
        private static final Pattern LOCATION = Pattern.compile("(?m)^" + PREFIX + "LOCATION:  (\\w+), ([\\w.-]+):\\d+$");
    }

    /** The first error after that place. */
    static Optional<Entry> firstError(RunningProgram server, long after) {
        return firstError(server.messagesSince(after));
    }

    static Optional<Entry> firstError(String log) {
        Matcher error = Entry.ERROR.matcher(log);
        Matcher location = Entry.LOCATION.matcher(log);
        if (error.find()) {
            return location.find(error.end()) ? Optional.of(new Entry(error.group(1), location.group(1), location.group(2)))
                    : Optional.empty();
        }
        // The calls of a deep recursion are listed after its error, which is not kept then.
        return location.results().filter(found -> found.group(1).equals(Entry.RECURSION)).findFirst()
                .map(found -> new Entry("", found.group(1), found.group(2)));
    }
}
