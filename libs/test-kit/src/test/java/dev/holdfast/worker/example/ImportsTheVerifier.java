package dev.holdfast.worker.example;

/** A fixture that breaks a rule. */
public class ImportsTheVerifier {

    public Object broken() {
        return new dev.holdfast.verifier.example.StartsAProgram();
    }
}
