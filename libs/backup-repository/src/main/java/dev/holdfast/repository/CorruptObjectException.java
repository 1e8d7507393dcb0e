package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;

/**
 * A stored object is not what the manifest says: missing, truncated, longer, or changed. Code {@code object-corrupt}.
 * Never retriable: the store was asked again where a broken connection could have been the reason.
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
        super(FailureKind.PERMANENT, "object-corrupt",
                "reading " + where + ": " + what + ", expected " + expected + ", found " + found,
                "do not rely on this copy: use another repository's copy or another backup, and check the storage",
                cause);
        this.what = what;
        this.where = where;
        this.expected = expected;
        this.found = found;
    }

    public CorruptObjectException(String what, String where, String expected, String found) {
        this(what, where, expected, found, null);
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
