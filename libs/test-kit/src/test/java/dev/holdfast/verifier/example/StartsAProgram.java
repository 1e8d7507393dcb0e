package dev.holdfast.verifier.example;

/** A fixture that breaks a rule. */
public class StartsAProgram {

    public ProcessBuilder broken() {
        return new ProcessBuilder("true");
    }
}
