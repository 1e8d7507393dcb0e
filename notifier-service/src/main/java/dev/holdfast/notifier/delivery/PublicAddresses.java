package dev.holdfast.notifier.delivery;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells public addresses from those that lead into one's own network (RFC 6890 and IANA's special-purpose registries). An
 * IPv6 address that carries an IPv4 one (mapped, compatible, NAT64, 6to4) is judged by that.
 */
public final class PublicAddresses {

    private record Range(byte[] network, int bits) {

        static Range of(String cidr) {
            String[] parts = cidr.split("/");
            try {
                return new Range(InetAddress.getByName(parts[0]).getAddress(), Integer.parseInt(parts[1]));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(cidr, e);
            }
        }

        boolean holds(byte[] address) {
            if (address.length != network.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if ((address[bit / 8] & mask) != (network[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Range> SPECIAL = Stream.of("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
            "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "fc00::/7", "fe80::/10", "fec0::/10",
            "ff00::/8").map(Range::of).toList();

    /** Where IPv6 ranges keep the IPv4 address that they stand for. */
    private enum Embedding {
        COMPATIBLE("::/96", 12), NAT64("64:ff9b::/96", 12), SIX_TO_FOUR("2002::/16", 2);

        private final Range range;
        private final int at;

        Embedding(String cidr, int at) {
            this.range = Range.of(cidr);
            this.at = at;
        }
    }

    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+(%[^]]*)?]");

    private PublicAddresses() {
    }

    /** Whether anybody on the internet would reach the same host under this address. */
    public static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (SPECIAL.stream().anyMatch(range -> range.holds(bytes))) {
            return false;
        }
        return embedded(bytes).map(PublicAddresses::isPublic).orElse(address instanceof Inet4Address || address instanceof Inet6Address);
    }

    /** Whether a URL's host names a private address without asking DNS: a literal one, or localhost. */
    public static boolean isLiteralPrivate(String host) {
        if (host.equalsIgnoreCase("localhost") || host.toLowerCase(java.util.Locale.ROOT).endsWith(".localhost")) {
            return true;
        }
        if (!LITERAL.matcher(host).matches()) {
            return false;
        }
        try {
            return !isPublic(InetAddress.getByName(host));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Java itself reads a mapped address (::ffff:0:0/96) as the IPv4 address that it is. */
    private static Optional<InetAddress> embedded(byte[] address) {
        return Stream.of(Embedding.values()).filter(embedding -> embedding.range.holds(address)).findFirst().map(embedding -> {
            try {
                return InetAddress.getByAddress(Arrays.copyOfRange(address, embedding.at, embedding.at + 4));
            } catch (UnknownHostException e) {
                throw new IllegalStateException("four bytes are an IPv4 address", e);
            }
        });
    }
}
