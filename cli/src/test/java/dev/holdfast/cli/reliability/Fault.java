package dev.holdfast.cli.reliability;

/** What happens to a process. */
enum Fault {

    /** Gone at once, and started again. */
    SIGKILL,
    /** Holds its breath for two leases, while its work is given to somebody else, and then goes on as if nothing had been. */
    SIGSTOP,
    /** Told to end; started again when it has. */
    SIGTERM
}
