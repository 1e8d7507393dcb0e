package dev.holdfast.notifier.delivery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves a host to its public addresses only. The client connects to exactly what this returns and asks nobody again, so
 * a name that answers differently the second time (DNS rebinding) gains nothing.
 */
final class PublicHosts implements DnsResolver {

    private final DnsResolver names;

    /** Every address that the host has is private. */
    static final class PrivateHost extends UnknownHostException {

        private static final long serialVersionUID = 1;

        PrivateHost() {
            super("no public address");
        }
    }

    PublicHosts(DnsResolver names) {
        this.names = names;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] all = names.resolve(host);
        InetAddress[] allowed = Arrays.stream(all).filter(PublicAddresses::isPublic).toArray(InetAddress[]::new);
        if (all.length > 0 && allowed.length == 0) {
            throw new PrivateHost();
        }
        return allowed;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return names.resolveCanonicalHostname(host);
    }
}
