package dev.holdfast.scheduler.status;

/** How well something stands; worst first. */
public enum Standing {
    /** A promise is broken now, or nobody could tell that it is. */
    unsafe,
    /** No promise is broken, yet somebody should look. */
    attention,
    safe
}
