package io.sluice.sse;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.sluice.stream.EventId;
import io.sluice.stream.Publication;
import io.sluice.stream.Stream;
import io.sluice.stream.StreamOptions;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** A stream at {@code /events} of a real server on a port of its own, with as many event loops as asked for. */
final class SseServer implements AutoCloseable {

    final Stream stream;
    final SseHandler handler;
    private final Queue<Channel> channels = new ConcurrentLinkedQueue<>();
    private Supplier<Future<Void>> stop = Future::succeededFuture;
    private volatile int port;

    private SseServer(Stream stream, Admission admission, Duration deadAfter) {
        this.stream = stream;
        this.handler = SseHandler.create(stream, admission, deadAfter);
    }

    static SseServer start(Vertx vertx, StreamOptions options) {
        return start(vertx, options, 1);
    }

    static SseServer start(Vertx vertx, StreamOptions options, int loops) {
        return start(vertx, options, loops, Admission.of(0, 0), Duration.ofMinutes(1));
    }

    static SseServer start(Vertx vertx, StreamOptions options, int loops, Admission admission, Duration deadAfter) {
        Stream stream = Stream.open(vertx, "events", options).await();
        SseServer server = new SseServer(stream, admission, deadAfter);
        String http = vertx.deployVerticle(() -> server.new Http(), new DeploymentOptions().setInstances(loops))
                .await();
        server.stop = () -> vertx.undeploy(http);
        return server;
    }

    int port() {
        return port;
    }

    /** Publishes data without a type on one topic; completes when the log has it. */
    EventId publish(String topic, String... data) {
        return stream.publish(Arrays.stream(data)
                        .map(text -> new Publication(topic, null, text))
                        .toList())
                .await();
    }

    EventId publish(List<Publication> publications) {
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
                    .handler(handler);
            for (int status : new int[] {400, 406}) { // without handlers of the application the router would log them
                router.errorHandler(
                        status, r -> r.response().setStatusCode(status).end());
            }
            HttpServerOptions options =
                    new HttpServerOptions().setHost("127.0.0.1").setPort(-1).setStrictThreadMode(true);
            options.setInitialSettings(new Http2Settings().setMaxConcurrentStreams(1000));
            return vertx.createHttpServer(options)
                    .connectionHandler(connection -> channels.add(((ConnectionBase) connection).channel()))
                    .requestHandler(router)
                    .listen()
                    .onSuccess((HttpServer server) -> port = server.actualPort());
        }
    }
}
