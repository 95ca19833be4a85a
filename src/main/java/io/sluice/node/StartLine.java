package io.sluice.node;

/**
 * The line that a node logs when all of it has started.
 *
 * @param transport of the sockets
 */
record StartLine(RunningNode node, Logs logs, String transport) {

    /** @param more what else listens, each with a semicolon before it */
    String text(String more) {
        NodeConfig config = node.config();
        String host = config.http().host();
        return "Sluice " + Version.current() + " listens on "
                + url(config.http().tls() != null, host, node.port()) + " with " + node.loops()
                + (node.loops() == 1 ? " event loop on " : " event loops on ") + transport
                + atAll(host)
                + node.membership()
                        .map(all -> ", clustered as " + all.describe())
                        .orElse("")
                + ", streams: " + node.streams().describe(config, logs)
                + "; publishing over HTTP is " + publishing(config)
                + rights(config)
                + fewerConnections(config)
                + more;
    }

    /** It can be clicked. */
    private static String url(boolean isTls, String host, int port) {
        return NodeUrl.of(isTls, NodeUrl.isAny(host) ? "localhost" : host, null, port);
    }

    private static String atAll(String host) {
        return NodeUrl.isAny(host) ? " at all addresses" : "";
    }

    /** The part of an admin listener. */
    static String admin(boolean isTls, String host, int port, boolean isOpen) {
        return "; admin on " + url(isTls, host, port) + atAll(host) + (isOpen ? ", open to whoever reaches it" : "");
    }

    private static String publishing(NodeConfig config) {
        if (!config.publish().enabled()) {
            return config.hasOwnPublishing() ? "off for all other streams" : "off";
        }
        return config.publish().anonymous() ? "on, for anybody" : "on, for tokens with the right";
    }

    /** Whose tokens count, for the start line. A proxy in front usually ends TLS; otherwise whoever listens on the way has them. */
    static String rights(NodeConfig config) {
        AuthConfig auth = config.auth();
        if (auth == null) {
            return "";
        }
        boolean isClear = config.http().tls() == null
                && !HostRules.isLoopback(config.http().host());
        return "; " + auth.describe() + (isClear ? ", which come unencrypted unless a proxy ends TLS" : "");
    }

    /** Says so if the process may not open as many files as the configuration has connections. */
    private static String fewerConnections(NodeConfig config) {
        int wanted = config.http().limits().maxConnections();
        long files = OpenFiles.max();
        int possible = OpenFiles.connections(wanted, files);
        return possible < wanted ? "; at most " + possible + " connections (ulimit -n is " + files + ")" : "";
    }
}
