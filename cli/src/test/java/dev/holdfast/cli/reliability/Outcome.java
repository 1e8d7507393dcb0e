package dev.holdfast.cli.reliability;

/** How a run ended that was interfered with. There is no third way. */
enum Outcome {

    FINISHED_ONCE("once"),
    FAILED_LOUDLY("loud");

    private final String cell;

    Outcome(String cell) {
        this.cell = cell;
    }

    /** As docs/reliability.md has it. */
    String cell() {
        return cell;
    }
}
