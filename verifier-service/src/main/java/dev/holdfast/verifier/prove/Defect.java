package dev.holdfast.verifier.prove;

import dev.holdfast.restore.compare.Findings;

/** The backup is not what was dumped. */
final class Defect extends RuntimeException {

    private final transient Findings findings;

    Defect(Findings findings, Throwable cause) {
        super(findings.total() + " findings", cause);
        this.findings = findings;
    }

    static Defect of(String what, String where, String expected, String found, Throwable cause) {
        Findings findings = new Findings();
        findings.add(what, where, expected, found);
        return new Defect(findings, cause);
    }

    Findings findings() {
        return findings;
    }
}
