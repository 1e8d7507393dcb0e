package dev.holdfast.verifier.prove;

import java.util.List;

/** What is to be proven of a backup: how far, and which queries must be true in the restored database. */
public record ProofOrder(Level level, List<Assertion> assertions) {

    public ProofOrder {
        assertions = List.copyOf(assertions);
    }

    /** Everything, without assertions. */
    public static ProofOrder equal() {
        return new ProofOrder(Level.EQUAL, List.of());
    }

    /** A query that must return one row with one column, true. It runs in a read-only session. */
    public record Assertion(String name, String sql) {
    }
}
