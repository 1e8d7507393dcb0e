package dev.holdfast.postgres.scratch;

/** What stands between a scratch server and everything else; strongest first. */
public enum Isolation {

    /** Another user id, and mount, network, process and IPC namespaces of its own with a root that holds only programs. */
    UID_AND_NAMESPACES("uid+namespaces"),

    /** Our user id, mapped in a user namespace, with the same namespaces and root. */
    USER_NAMESPACES("user-namespaces");

    private final String label;

    Isolation(String label) {
        this.label = label;
    }

    /** Stable; for reports. */
    public String label() {
        return label;
    }
}
