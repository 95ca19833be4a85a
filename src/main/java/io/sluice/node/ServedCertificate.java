package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The certificate of the servers of a node. It can be another one while they listen: whoever connects after that sees the new one, and
 * connections that are open stay. Any thread.
 */
final class ServedCertificate {

    /** Vert.x 5.1 serves only the named versions over TLS. */
    private static final List<HttpVersion> VERSIONS =
            List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1, HttpVersion.HTTP_1_0);

    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private volatile PemKeyCertOptions current;

    /** @throws ConfigException if the files are no certificate and its key */
    ServedCertificate(Vertx vertx, HttpConfig.Tls tls) {
        this.current = TlsFiles.read(vertx, tls);
    }

    /** Has a server that is made serve TLS. */
    void configure(HttpServerOptions options) {
        options.setAlpnVersions(VERSIONS).setSsl(true).setUseAlpn(true).setKeyCertOptions(current);
    }

    /** A server that was made so listens. */
    void servedBy(HttpServer server) {
        servers.add(server);
    }

    /** Whether it is the same, with the same key. */
    boolean isSame(PemKeyCertOptions other) {
        return current.getCertValues().equals(other.getCertValues())
                && current.getKeyValues().equals(other.getKeyValues());
    }

    /** Has whoever connects from now on see another one. */
    Future<Void> replace(PemKeyCertOptions other) {
        ServerSSLOptions options = new ServerSSLOptions()
                .setUseAlpn(true)
                .setApplicationLayerProtocols(
                        VERSIONS.stream().map(HttpVersion::alpnName).toList())
                .setKeyCertOptions(other);
        current = other;
        Future<Void> replaced = Future.succeededFuture();
        // One after the other: those that share a port are one for Vert.x.
        for (HttpServer server : servers) {
            replaced =
                    replaced.compose(v -> server.updateSSLOptions(options, true).mapEmpty());
        }
        return replaced;
    }
}
