package dev.holdfast.postgres.program;

import java.time.Duration;

/** How a program ended. {@code messages} is the bounded, redacted end of what it wrote to stderr. */
public sealed interface ProgramResult {

    String messages();

    /** Only an exit with 0 is success. */
    default boolean succeeded() {
        return this instanceof Exited exited && exited.code() == 0;
    }

    /** What happened, without the program's messages, for example {@code ended with exit code 1}. */
    String describe();

    record Exited(int code, String messages) implements ProgramResult {
        @Override
        public String describe() {
            return "ended with exit code " + code;
        }
    }

    record KilledBySignal(int signal, String messages) implements ProgramResult {
        @Override
        public String describe() {
            return "was killed by signal " + signal;
        }
    }

    record TimedOut(Duration after, String messages) implements ProgramResult {
        @Override
        public String describe() {
            return "did not end within " + after + " and was killed";
        }
    }

    record CouldNotStart(String messages) implements ProgramResult {
        @Override
        public String describe() {
            return "could not be started";
        }
    }
}
