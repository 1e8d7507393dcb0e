package dev.holdfast.scheduler.supervise;

import dev.holdfast.scheduler.supervise.SupervisedRun.Wish;

/** What the supervisor does next about a run. */
sealed interface Step {

    /** Nothing to do. */
    record Wait() implements Step {
    }

    /** Ask for it again. */
    record Dispatch(int attempt, int failures) implements Step {
    }

    /** Every claim is silent past its lease: say so, and that it is dispatched again. */
    record TakeBack(int attempt, int failures, String worker) implements Step {
    }

    /** It ends without a result. */
    record GiveUp(String code, String reason, String nextStep) implements Step {
    }

    /** Nobody holds a run that somebody wants ended: it is over. */
    record Cancel(Wish wish) implements Step {
    }

    /** A run that was cancelled is held all the same: whoever holds it is told again. */
    record CancelAgain(Wish wish) implements Step {
    }
}
