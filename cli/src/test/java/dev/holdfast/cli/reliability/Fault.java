package dev.holdfast.cli.reliability;

/** What happens to a process. */
enum Fault {

    /** Gone at once, and started again. */
    SIGKILL(Signal.KILL),
    /** Holds its breath for two leases, while its work is given to somebody else, and then goes on as if nothing had been. */
    SIGSTOP(Signal.STOP),
    /** Told to end; started again when it has. */
    SIGTERM(Signal.TERM);

    private final Signal signal;

    Fault(Signal signal) {
        this.signal = signal;
    }

    Signal signal() {
        return signal;
    }
}
