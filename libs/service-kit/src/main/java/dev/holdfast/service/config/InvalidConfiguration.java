package dev.holdfast.service.config;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.util.List;
import java.util.stream.Collectors;

/** The configuration has mistakes; all of them are named. Code {@code configuration-invalid}. */
public final class InvalidConfiguration extends HoldfastException {

    private final transient List<ConfigProblem> problems;

    public InvalidConfiguration(String origin, List<ConfigProblem> problems) {
        super(FailureKind.PERMANENT, "configuration-invalid", problems.stream().map(ConfigProblem::toString)
                .collect(Collectors.joining("\n  ", "reading " + origin + " found " + problems.size()
                        + (problems.size() == 1 ? " mistake:\n  " : " mistakes:\n  "), "")),
                "correct what is listed, then run 'holdfast config check'; docs/configuration.md lists every key");
        this.problems = List.copyOf(problems);
    }

    public List<ConfigProblem> problems() {
        return problems;
    }
}
