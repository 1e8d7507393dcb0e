package dev.holdfast.scheduler.api;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The address that the API listens on: only the machine's own, unless callers are asked for a token. */
public final class LocalBind {

    private LocalBind() {
    }

    /**
     * @param tokens whether there are any
     * @throws HoldfastException code {@code bind-not-local} where others could reach it and there are no tokens
     */
    public static InetAddress address(String bind, boolean tokens) {
        if (bind.isBlank()) {
            throw refused(bind, "means every address; write out 0.0.0.0 or :: where that is meant", null);
        }
        InetAddress address;
        try {
            address = InetAddress.getByName(bind);
        } catch (UnknownHostException e) {
            throw refused(bind, "is not an address of this machine", e);
        }
        if (!address.isLoopbackAddress() && !tokens) {
            throw refused(bind, "can be reached from other machines, and without scheduler.tokens the API does not ask who is calling", null);
        }
        return address;
    }

    /**
     * A port of its own for the actuator would lie beside the filters that protect this one.
     *
     * @throws HoldfastException code {@code management-port-refused} where there is one
     */
    static void requireOnePort(String management) {
        if (!management.isBlank()) {
            throw new HoldfastException(FailureKind.PERMANENT, "management-port-refused", "starting the HTTP API: management.server.port '"
                    + management + "' would answer whoever calls", "leave it out: the actuator answers on scheduler.port");
        }
    }

    private static HoldfastException refused(String bind, String why, Exception cause) {
        return new HoldfastException(FailureKind.PERMANENT, "bind-not-local",
                "starting the HTTP API: scheduler.bind '" + bind + "' " + why,
                "set scheduler.bind to 127.0.0.1, ::1 or localhost and reach it through an SSH tunnel, or make tokens: holdfast token new NAME",
                cause);
    }
}
