package io.sluice.sse;

import io.sluice.log.ByteSize;
import io.sluice.log.History;
import io.sluice.testing.TestCertificate;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.TrafficShapingOptions;
import io.vertx.core.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The ways a server can be, as far as they change its connections' pipelines or threads. */
enum ServerKind {
    STRICT(null),
    LOOSE(null),
    EPOLL(null),
    TLS(null),
    SHAPED(null),
    COMPRESSING("the server compresses"),
    IDLE("the server has an idle timeout"),
    WORKER("the server does not run on an event loop");

    /** Without end or heartbeat, so that a body is what was published. */
    static final Settings ENDLESS = Settings.DEFAULT
            .withLifetime(Duration.ZERO)
            .withHeartbeat(Duration.ZERO)
            .withHistory(History.of(50_000, null, ByteSize.ofMegabytes(64)));

    // The kernel's buffer takes many a write in parts.
    private static final int SMALL_BUFFER = 32 * 1024;

    /** Why it is not served the short way, or null where it is. */
    final @Nullable String obstacle;

    /** The most that may wait in memory for one client's socket: a turn's bytes above the high-water mark, and an event. */
    final long mostWaiting;

    ServerKind(@Nullable String obstacle) {
        this.obstacle = obstacle;
        // Netty's traffic shaping calls a channel full only when 4 MB wait for it, and then lets go of all at once.
        this.mostWaiting = name().equals("SHAPED") ? 5_000_000 : 2 * 64 * 1024 + 4096;
    }

    Vertx vertx() {
        boolean epoll = this == EPOLL && Transport.EPOLL != null && Transport.EPOLL.available();
        return Vertx.builder()
                .withTransport(epoll ? Transport.EPOLL : Transport.NIO)
                .build();
    }

    /** Starts one; only TLS needs the certificate. */
    SseServer start(
            Vertx vertx, Settings options, SubscriptionLimits admission, @Nullable TestCertificate certificate) {
        DeploymentOptions deployment = new DeploymentOptions();
        if (this == WORKER) {
            deployment.setThreadingModel(ThreadingModel.WORKER);
        }
        return SseServer.start(vertx, options, admission, Duration.ofMinutes(1), http(certificate), deployment);
    }

    private HttpServerOptions http(@Nullable TestCertificate certificate) {
        HttpServerOptions http = new HttpServerOptions().setStrictThreadMode(this != LOOSE && this != WORKER);
        http.setSendBufferSize(SMALL_BUFFER);
        switch (this) {
            case TLS ->
                http.setSsl(true)
                        .setUseAlpn(true)
                        .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1, HttpVersion.HTTP_1_0))
                        .setKeyCertOptions(pem(Objects.requireNonNull(certificate)));
            case SHAPED ->
                http.setTrafficShapingOptions(new TrafficShapingOptions().setOutboundGlobalBandwidth(20_000_000));
            case COMPRESSING -> http.setCompressionSupported(true);
            case IDLE -> http.setIdleTimeout(30);
            default -> {}
        }
        return http;
    }

    private static PemKeyCertOptions pem(TestCertificate certificate) {
        return new PemKeyCertOptions()
                .setCertPath(certificate.certificate().toString())
                .setKeyPath(certificate.key().toString());
    }
}
