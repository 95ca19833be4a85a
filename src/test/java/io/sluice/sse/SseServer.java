package io.sluice.sse;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.stream.EventStream;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** A stream at {@code /events} of a real server, on a free port, with as many event loops as asked for. */
final class SseServer implements AutoCloseable {

    final EventStream stream;
    final SseHandler handler;
    private final Queue<Channel> channels = new ConcurrentLinkedQueue<>();
    private final HttpServerOptions http;
    private Supplier<Future<Void>> stop = Future::succeededFuture;
    private volatile int port;

    /** The application's handler, before the stream's. */
    volatile Handler<RoutingContext> before = RoutingContext::next;

    private SseServer(EventStream stream, SseOptions options, SubscriptionLimits limits, HttpServerOptions http) {
        this.stream = stream;
        this.http = http;
        this.handler = SseHandler.create(stream, options, limits, null);
    }

    static SseServer start(Vertx vertx, Settings options) {
        return start(vertx, options, 1);
    }

    static SseServer start(Vertx vertx, Settings options, int loops) {
        return start(vertx, options, loops, SubscriptionLimits.of(0, 0), Duration.ofMinutes(1));
    }

    static SseServer start(Vertx vertx, Settings options, int loops, SubscriptionLimits admission, Duration deadAfter) {
        HttpServerOptions http = new HttpServerOptions().setStrictThreadMode(true);
        return start(vertx, options, admission, deadAfter, http, new DeploymentOptions().setInstances(loops));
    }

    /** On a server and a verticle of any kind. */
    static SseServer start(
            Vertx vertx,
            Settings options,
            SubscriptionLimits admission,
            Duration deadAfter,
            HttpServerOptions http,
            DeploymentOptions deployment) {
        EventStream stream = EventStream.open(vertx, "events", options.stream()).await();
        SseServer server = new SseServer(stream, options.sse().withDeadAfter(deadAfter), admission, http);
        String verticle =
                vertx.deployVerticle(() -> server.new Http(), deployment).await();
        server.stop = () -> vertx.undeploy(verticle);
        return server;
    }

    int port() {
        return port;
    }

    /** Publishes data without a type on one topic; completes when the log has it. */
    EventId publish(String topic, String... data) {
        return stream.publish(Arrays.stream(data)
                        .map(text -> new NewEvent(topic, null, text))
                        .toList())
                .await();
    }

    EventId publish(List<NewEvent> publications) {
        return stream.publish(publications).await();
    }

    String epoch() {
        return stream.journal().id(0).epoch();
    }

    /** The most that waits in memory for any client's socket, in bytes. */
    long largestBacklog() {
        long largest = 0;
        for (Channel channel : channels) {
            ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
            largest = Math.max(largest, buffer == null ? 0 : buffer.totalPendingWriteBytes());
        }
        return largest;
    }

    /** What waits in memory for all clients' sockets together, in bytes. */
    long wholeBacklog() {
        long whole = 0;
        for (Channel channel : channels) {
            ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
            whole += buffer == null ? 0 : buffer.totalPendingWriteBytes();
        }
        return whole;
    }

    /** Whether every connection that there was is closed, and nothing waits for its socket any more. */
    boolean hasNoConnection() {
        return channels.stream().noneMatch(Channel::isOpen);
    }

    @Override
    public void close() {
        handler.close(Duration.ZERO).await();
        stop.get().await();
        stream.close().await();
    }

    private final class Http extends VerticleBase {

        @Override
        public Future<?> start() {
            Router router = Router.router(vertx);
            router.route("/events")
                    .method(HttpMethod.GET)
                    .method(HttpMethod.HEAD)
                    .handler(routing -> before.handle(routing))
                    .handler(handler);
            for (int status :
                    new int[] {400, 404, 406}) { // without handlers of the application the router would log them
                router.errorHandler(
                        status, r -> r.response().setStatusCode(status).end());
            }
            HttpServerOptions options = new HttpServerOptions(http);
            options.setInitialSettings(new Http2Settings().setMaxConcurrentStreams(1000));
            return vertx.createHttpServer(options)
                    .connectionHandler(connection -> channels.add(((ConnectionBase) connection).channel()))
                    .requestHandler(router)
                    .listen(SocketAddress.sharedRandomPort(1, "127.0.0.1"))
                    .onSuccess((HttpServer server) -> port = server.actualPort());
        }
    }
}
