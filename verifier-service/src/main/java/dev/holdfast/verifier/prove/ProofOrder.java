package dev.holdfast.verifier.prove;

import java.util.List;

/**
 * What is to be proven of a backup: how far, and which queries must be true in the restored database.
 *
 * @param policy the level below which the database's policy calls nothing verified, whatever was asked for now
 */
public record ProofOrder(Level level, List<Assertion> assertions, Level policy) {

    public ProofOrder {
        assertions = List.copyOf(assertions);
    }

    /** Asks for what the policy asks for. */
    public ProofOrder(Level level, List<Assertion> assertions) {
        this(level, assertions, level);
    }

    /** Everything, without assertions. */
    public static ProofOrder equal() {
        return new ProofOrder(Level.EQUAL, List.of());
    }

    /** A query that must return one row with one column, true. It runs in a read-only session. */
    public record Assertion(String name, String sql) {
    }
}
