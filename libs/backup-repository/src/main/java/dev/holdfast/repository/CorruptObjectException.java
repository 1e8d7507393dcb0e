package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;

/**
 * A stored object is not what it should be. Code {@code object-corrupt}: not what the manifest says, so missing, truncated,
 * longer, or changed. Codes {@code manifest-corrupt} and {@code verification-corrupt}: not what its own checksum says. Never retriable: the store was asked again where a broken connection could have been the reason.
 */
public final class CorruptObjectException extends RepositoryException {

    private final String what;
    private final String where;
    private final String expected;
    private final String found;

    /**
     * @param what     the defect: {@code missing object}, {@code truncated object}, {@code changed object} ...
     * @param where    the location and key
     * @param expected size, checksum or form that the manifest promises
     * @param found    what is there instead
     */
    public CorruptObjectException(String what, String where, String expected, String found, Throwable cause) {
        this("object-corrupt", what, where, expected, found,
                "do not rely on this copy: use another repository's copy or another backup, and check the storage", cause);
    }

    private CorruptObjectException(String code, String what, String where, String expected, String found, String nextStep,
            Throwable cause) {
        super(FailureKind.PERMANENT, code,
                "reading " + where + ": " + what + ", expected " + expected + ", found " + found, nextStep, cause);
        this.what = what;
        this.where = where;
        this.expected = expected;
        this.found = found;
    }

    public CorruptObjectException(String what, String where, String expected, String found) {
        this(what, where, expected, found, null);
    }

    static CorruptObjectException manifest(String where, SelfChecksum.Difference difference) {
        return new CorruptObjectException("manifest-corrupt", "changed manifest", where, difference.expected(), difference.found(),
                "do not rely on this copy: use another repository's copy of the manifest or another backup, and check the storage",
                null);
    }

    static CorruptObjectException verification(String where, SelfChecksum.Difference difference) {
        return new CorruptObjectException("verification-corrupt", "changed verification", where, difference.expected(),
                difference.found(), "check the storage, then delete it and verify the backup again", null);
    }

    public String what() {
        return what;
    }

    public String where() {
        return where;
    }

    public String expected() {
        return expected;
    }

    public String found() {
        return found;
    }
}
