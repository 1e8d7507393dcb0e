package dev.holdfast.retention.example;

/** A fixture that breaks a rule. */
public class BuildsObjectNames {

    public String broken(String alias) {
        return "db/" + alias + "/";
    }
}
