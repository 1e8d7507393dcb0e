package dev.holdfast.retention.plan;

/** What is known of a backup. Which of several verifications counts says {@link dev.holdfast.repository.Proof}. */
public enum Standing {

    /** Restored and found equal; the only one that counts toward a rule. */
    VERIFIED,

    /** Not verified yet, the proof could not be made, or all that is against it is that no key configured then opened it. */
    UNPROVEN,

    /** Found not to be what was dumped. */
    REFUTED,

    /** With a manifest or a verification that can't be read. */
    UNREADABLE,

    /** Without a manifest: still being written, or an orphan. */
    INCOMPLETE
}
