package dev.holdfast.failure;

/** What trying again would change. */
public enum FailureKind {

    /** The same request fails again until somebody changes something (configuration, permission, disk). */
    PERMANENT,

    /** A later attempt may succeed without anybody's help (network, restart, lock). */
    RETRIABLE,

    /** A promise inside Holdfast was broken; it is reported as such and never retried silently. */
    BUG
}
