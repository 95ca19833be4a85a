package io.sluice.node;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** The URL at which others reach a server of this node. */
final class NodeUrl {

    private NodeUrl() {}

    /**
     * Makes a URL.
     *
     * @param host where the server listens
     * @param member the name of this node in its cluster, {@code 10.0.0.5:5701}, or null: where a server listens at all addresses, this
     *     one is known to be the way to this machine
     */
    static String of(boolean isTls, String host, @Nullable String member, int port) {
        String reached = isAny(host) ? address(member) : host;
        return (isTls ? "https://" : "http://") + Authority.bracketed(reached) + ":" + port + "/";
    }

    /** Whether a server that listens there does so at all addresses of this machine. */
    static boolean isAny(String host) {
        return host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]");
    }

    private static String address(@Nullable String member) {
        return member == null ? ofThisMachine() : member.substring(0, member.lastIndexOf(':'));
    }

    private static String ofThisMachine() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> address instanceof Inet4Address
                            && !address.isLoopbackAddress()
                            && !address.isLinkLocalAddress())
                    .map(InetAddress::getHostAddress)
                    .findFirst()
                    .orElse("127.0.0.1");
        } catch (SocketException e) {
            return "127.0.0.1";
        }
    }
}
