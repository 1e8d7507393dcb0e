package dev.holdfast.verifier.prove;

/** Nothing is known to be wrong with the backup, and this machine can't prove it. */
final class NotProvable extends RuntimeException {

    private final String reason;

    /** @param reason library, locale, major, disk or tool */
    NotProvable(String reason, String detail, Throwable cause) {
        super(detail, cause);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
