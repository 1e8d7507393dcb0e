package dev.holdfast.verifier.prove;

/**
 * A defect that nothing but a program's own failure tells of: the checksums fit, and no server refused anything. The
 * program may have failed by itself, so only the same failure in a second try speaks of the backup.
 */
final class Unconfirmed extends RuntimeException {

    private final transient Defect defect;

    Unconfirmed(Defect defect) {
        super(defect.getMessage(), defect);
        this.defect = defect;
    }

    Defect defect() {
        return defect;
    }

    /** Whether the same was found at the same place. */
    boolean confirms(Unconfirmed earlier) {
        return defect.findings().total() == earlier.defect.findings().total()
                && defect.findings().shown().equals(earlier.defect.findings().shown());
    }
}
