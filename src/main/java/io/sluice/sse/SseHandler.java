package io.sluice.sse;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.sluice.stream.EventStream;
import io.sluice.stream.TopicFilter;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a stream as Server-Sent Events. Mount it in a router of your own, for GET and HEAD:
 *
 * <pre>{@code
 * router.route("/events").method(HttpMethod.GET).method(HttpMethod.HEAD).handler(SseHandler.create(stream));
 * }</pre>
 *
 * <p>Query: {@code topic} (repeated: any of them, {@link SseOptions#maxTopics} at most), {@code replay}, {@code lastEventId};
 * the {@code Last-Event-ID} header wins over the last. {@code node} asks for the node's name. A wrong request is answered with
 * 400 or 406 and {@code application/problem+json}, or see {@link #failToRouter}. No body handler, session or compression belongs
 * before it.
 *
 * <p>One handler may serve any number of event loops: each gets its own hub.
 */
public final class SseHandler implements Handler<RoutingContext> {

    /** The ranges of media types that this one is in, from the least specific on. */
    private static final List<String> EVENT_STREAM_RANGES = List.of("*/*", "text/*", "text/event-stream");

    private static final Logger LOG = LoggerFactory.getLogger(SseHandler.class);

    private final EventStream stream;
    private final SubscriptionLimits limits;
    private final SseOptions options;
    private final @Nullable String node;
    private final Map<EventLoop, Hub> hubs = new ConcurrentHashMap<>();
    private final AtomicBoolean saidObstacle = new AtomicBoolean();
    private final LongSupplier nanoTime;
    private volatile boolean failsToRouter;
    private volatile boolean closed;

    private SseHandler(
            EventStream stream,
            SseOptions options,
            SubscriptionLimits limits,
            @Nullable String node,
            LongSupplier nanoTime) {
        this.stream = stream;
        stream.use(SseFormat.INSTANCE);
        this.options = options;
        this.limits = limits;
        this.node = node;
        this.nanoTime = nanoTime;
    }

    /** Serves a stream with {@link SseOptions#DEFAULT} and without limits. */
    public static SseHandler create(EventStream stream) {
        return create(stream, SseOptions.DEFAULT);
    }

    /** Serves a stream without limits. */
    public static SseHandler create(EventStream stream, SseOptions options) {
        return create(stream, options, SubscriptionLimits.of(0, 0), null);
    }

    /**
     * Serves a stream within limits, as one of several nodes.
     *
     * @param limits what all handlers of a node share
     * @param node the name of this node, or null; a client that asks by {@code ?node} gets it before all else, as an event of
     *     type {@code sluice-node} that has no id
     */
    public static SseHandler create(
            EventStream stream, SseOptions options, SubscriptionLimits limits, @Nullable String node) {
        return create(stream, options, limits, node, System::nanoTime);
    }

    /** With a clock that says when a turn of an event loop has worked long enough. */
    static SseHandler create(
            EventStream stream,
            SseOptions options,
            SubscriptionLimits limits,
            @Nullable String node,
            LongSupplier nanoTime) {
        return new SseHandler(stream, options, limits, node, nanoTime);
    }

    /**
     * Has a request that is wrong fail its routing context with an {@link HttpException}, for a failure handler or error
     * handler of the application, instead of being answered with {@code application/problem+json}.
     *
     * @return this handler
     */
    public SseHandler failToRouter() {
        failsToRouter = true;
        return this;
    }

    @Override
    public void handle(RoutingContext routing) {
        try {
            serve(routing);
        } catch (HttpException e) {
            if (failsToRouter) {
                throw e;
            }
            ProblemResponse.end(routing, e.getStatusCode(), String.valueOf(e.getPayload()));
        }
    }

    private void serve(RoutingContext routing) {
        requireAccept(routing.request());
        TopicFilter filter = filter(routing);
        Replay replay = replay(routing);
        HttpServerRequest request = routing.request();
        Channel channel = ((ConnectionBase) request.connection()).channel();
        ResponseHead.prepare(routing, channel);
        if (request.method().equals(HttpMethod.HEAD)) {
            new ClientSocket(request, channel).end();
            return;
        }
        tellNode(routing);
        WritePath path = path(routing, channel);
        String lastEventId = lastEventId(routing);
        Hub hub = hub(((HttpServerRequestInternal) request).context().nettyEventLoop());
        String address = address(request);
        hub.execute(() ->
                hub.open(path, SubscriptionRequest.lasting(options.lifetime(), filter, lastEventId, replay, address)));
    }

    /** Ends every subscription at once, as {@link #close(Duration)} does. Any thread. */
    public Future<Void> close() {
        return close(Duration.ZERO);
    }

    /**
     * Ends every subscription with the close event, reason {@code drain}, one after the other over a time. Any thread.
     *
     * @return completes when each client's socket has it, or is gone; a socket that takes nothing keeps it waiting
     */
    public Future<Void> close(Duration over) {
        closed = true;
        return Future.join(hubs.values().stream().map(hub -> close(hub, over)).toList())
                .mapEmpty();
    }

    private static Future<Void> close(Hub hub, Duration over) {
        Promise<Void> done = Promise.promise();
        hub.execute(() -> hub.close(over).onComplete(done));
        return done.future();
    }

    /** Over the stream's own connection: a load balancer may send any other request to another node. */
    private void tellNode(RoutingContext routing) {
        HttpServerResponse response = routing.response();
        if (node != null && !routing.queryParam("node").isEmpty() && ClientSocket.isOpen(response)) {
            response.write(Buffer.buffer(ControlFrames.node(node)));
        }
    }

    private WritePath path(RoutingContext routing, Channel channel) {
        HttpServerRequest request = routing.request();
        if (request.version() == HttpVersion.HTTP_2) {
            return new Http2WritePath(routing, channel);
        }
        if (request.version() == HttpVersion.HTTP_1_0) {
            return new ResponseWritePath(routing, channel);
        }
        String obstacle = DirectWritePath.obstacle(request, channel);
        if (obstacle == null) {
            return new DirectWritePath(request, channel);
        }
        if (!saidObstacle.getAndSet(true)) {
            LOG.info("{}: each write goes through the whole HTTP stack, which is dearer: {}", stream.name(), obstacle);
        }
        return new ResponseWritePath(routing, channel);
    }

    private static String address(HttpServerRequest request) {
        SocketAddress address = request.remoteAddress();
        String host = address == null ? null : address.hostAddress();
        return host == null ? "" : host;
    }

    private Hub hub(EventLoop loop) {
        Hub known = hubs.get(loop);
        if (known != null) {
            return known;
        }
        Hub hub = new Hub(
                loop, stream.name(), options, stream.journal(), stream.lag(), limits, stream.listener(), stream::subscribed, nanoTime);
        Hub first = hubs.putIfAbsent(loop, hub);
        if (first != null) {
            return first;
        }
        if (closed) {
            // The hub came after close(): its clients are told at once.
            close(hub, Duration.ZERO);
        }
        return hub;
    }

    /** RFC 9110 12.5.1; what an EventSource says, and what curl does, without a closer look. */
    private static void requireAccept(HttpServerRequest request) {
        List<String> accepts = request.headers().getAll("Accept");
        boolean usual = accepts.isEmpty() || (accepts.size() == 1 && EVENT_STREAM_RANGES.contains(accepts.get(0)));
        if (!usual && !allows(String.join(",", accepts).toLowerCase(Locale.ROOT))) {
            throw new HttpException(406, "this is a text/event-stream: expected an Accept that allows it");
        }
    }

    /** The most specific range decides. An empty element says nothing (RFC 9110 5.6.1), and so does a field of such. */
    private static boolean allows(String accept) {
        int bestSpecificity = -1;
        boolean allowed = accept.replace(',', ' ').isBlank();
        for (String range : accept.split(",", -1)) {
            String type = range.replaceFirst(";.*", "").strip();
            int specificity = EVENT_STREAM_RANGES.indexOf(type);
            if (specificity > bestSpecificity) {
                bestSpecificity = specificity;
                allowed = !range.matches(".*;\\s*q=0(\\.0*)?\\s*(;.*)?");
            }
        }
        return allowed;
    }

    private TopicFilter filter(RoutingContext routing) {
        try {
            return RequestedTopics.of(routing, options.maxTopics());
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
    }

    private Replay replay(RoutingContext routing) {
        List<String> asked = routing.queryParam("replay");
        try {
            return asked.isEmpty() ? options.replay() : Replay.parse(asked.get(asked.size() - 1));
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, "replay: expected " + e.getMessage());
        }
    }

    /** The header is what a client learned while it was connected, the query what its page knew at first: the header wins. */
    private static @Nullable String lastEventId(RoutingContext routing) {
        for (String header : routing.request().headers().getAll("Last-Event-ID")) {
            if (!header.isEmpty()) {
                return header;
            }
        }
        return routing.queryParam("lastEventId").stream()
                .filter(asked -> !asked.isEmpty())
                .findFirst()
                .orElse(null);
    }
}
