package dev.holdfast.scheduler.api;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The address that the API listens on: only the machine's own, since nothing asks who is calling. */
public final class LocalBind {

    private LocalBind() {
    }

    /**
     * @throws HoldfastException code {@code bind-not-local} where others could reach it
     */
    public static InetAddress address(String bind) {
        if (bind.isBlank()) {
            throw refused(bind, "means every address", null);
        }
        InetAddress address;
        try {
            address = InetAddress.getByName(bind);
        } catch (UnknownHostException e) {
            throw refused(bind, "is not an address of this machine", e);
        }
        if (!address.isLoopbackAddress()) {
            throw refused(bind, "can be reached from other machines, and the API does not ask who is calling", null);
        }
        return address;
    }

    private static HoldfastException refused(String bind, String why, Exception cause) {
        return new HoldfastException(FailureKind.PERMANENT, "bind-not-local",
                "starting the HTTP API: scheduler.bind '" + bind + "' " + why,
                "set scheduler.bind to 127.0.0.1, ::1 or localhost and reach it through an SSH tunnel or a proxy that authenticates",
                cause);
    }
}
