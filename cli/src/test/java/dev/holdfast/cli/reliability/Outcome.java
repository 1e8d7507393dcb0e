package dev.holdfast.cli.reliability;

/** How a run ended that was interfered with. */
enum Outcome {

    FINISHED_ONCE("once"),
    /** There is no backup, nor should there be: a person had cancelled the run. */
    CANCELLED("cancelled"),
    FAILED_LOUDLY("loud"),
    /** No outcome: the step was over whenever the blow fell, so nothing was shown. */
    TOO_LATE("late");

    private final String cell;

    Outcome(String cell) {
        this.cell = cell;
    }

    /** As docs/reliability.md has it. */
    String cell() {
        return cell;
    }
}
