package io.sluice.sse;

import io.netty.channel.Channel;
import io.sluice.auth.Rights;
import io.sluice.log.Journal;
import io.sluice.log.NoSuchStreamException;
import io.sluice.stream.CloseReason;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamTemplate;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a stream as Server-Sent Events, or all streams of a template. Mount it in a router of your own, for GET and HEAD:
 *
 * <pre>{@code
 * router.route("/events").method(GET).method(HEAD).handler(SseHandler.create(stream));
 * router.route("/chat/*").method(GET).method(HEAD).handler(SseHandler.create(chats));
 * }</pre>
 *
 * <p>The route of a template ends in {@code /*}, in this router or a sub-router: what the star stands for is the stream's name, decoded
 * once. A name that is not allowed is answered with 400, and one of a stream that has gone with 404. A stream that is not there yet is
 * waited for. Whoever has all of a stream that has ended, and says so by its last id, gets 204, after which an EventSource stays away.
 *
 * <p>Query: {@code topic} (repeated: any of them, {@link SseOptions#maxTopics} at most), {@code replay}, {@code lastEventId};
 * the {@code Last-Event-ID} header wins over the last. {@code node} asks for the node's name. A wrong request is answered with
 * 400 or 406 and {@code application/problem+json}, or see {@link #failToRouter}. No body handler, session or compression belongs
 * before it.
 *
 * <p>One handler may serve any number of event loops: each gets its own hub.
 */
public final class SseHandler implements Handler<RoutingContext> {

    private static final Logger LOG = LoggerFactory.getLogger(SseHandler.class);

    private final StreamSource source;
    private final SseOptions options;
    private final @Nullable String node;
    private final Hubs hubs;
    private final WritePaths paths;
    private volatile Authorizer authorizer = Authorizer.OF_THE_USER;
    private volatile boolean failsToRouter;

    private SseHandler(
            StreamSource source,
            SseOptions options,
            SubscriptionLimits limits,
            @Nullable String node,
            LongSupplier nanoTime) {
        this.source = source;
        this.options = options;
        this.node = node;
        this.hubs = new Hubs(source, options, limits, nanoTime);
        this.paths = new WritePaths(source.toString());
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
        return new SseHandler(new DeclaredStream(stream), options, limits, node, nanoTime);
    }

    /** Serves the streams of a template with {@link SseOptions#DEFAULT} and without limits. */
    public static SseHandler create(StreamTemplate template) {
        return create(template, SseOptions.DEFAULT);
    }

    /** Serves the streams of a template without limits. */
    public static SseHandler create(StreamTemplate template, SseOptions options) {
        return create(template, options, SubscriptionLimits.of(0, 0), null);
    }

    /** Serves the streams of a template, as {@link #create(EventStream, SseOptions, SubscriptionLimits, String)} does one. */
    public static SseHandler create(
            StreamTemplate template, SseOptions options, SubscriptionLimits limits, @Nullable String node) {
        return new SseHandler(new TemplateStreams(template), options, limits, node, System::nanoTime);
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

    /**
     * Has each request ask the application what its client may read. Called for each replay and resume; never for an event.
     *
     * <p>Without it a client may read everything, until its {@code routing.user()} expires, if there is one: that is what a {@code
     * JWTAuthHandler} or {@code OAuth2AuthHandler} before this handler leaves.
     *
     * @param rights on the event loop of the request; a failure of type {@link HttpException} is the answer, any other is 500
     * @return this handler
     */
    public SseHandler authorize(Function<RoutingContext, Future<Rights>> rights) {
        authorizer = new Authorizer(rights);
        return this;
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
        return hubs.close(over);
    }

    // ---- a request

    @Override
    public void handle(RoutingContext routing) {
        String stream;
        try {
            stream = source.name(routing);
        } catch (HttpException e) {
            fail(routing, e);
            return;
        }
        authorizer
                .rights(routing)
                .compose(rights ->
                        admit(routing, StreamRequest.of(routing, options).allowed(rights, stream, routing.user())))
                .onFailure(failure -> refuse(routing, failure));
    }

    /** Only who may read a stream gets to know whether it is there. */
    private Future<ServedStream> admit(RoutingContext routing, StreamRequest allowed) {
        return source.find(routing).onSuccess(stream -> answer(routing, allowed, stream));
    }

    private void answer(RoutingContext routing, StreamRequest asked, ServedStream stream) {
        WritePath path = null;
        try {
            path = begin(routing, asked, stream.journal());
        } finally {
            if (path == null) {
                stream.release();
            }
        }
        if (path != null) {
            subscribe(routing, path, asked, stream);
        }
    }

    /** Prepares the head. Answers null if the request is answered now, or nobody waits for it any more. */
    private @Nullable WritePath begin(RoutingContext routing, StreamRequest asked, Journal journal) {
        HttpServerRequest request = routing.request();
        Channel channel = WritePaths.channel(request);
        if (!ClientSocket.isOpen(request.response())) {
            return null;
        }
        if (StartPosition.isAtEnd(journal, asked.filter(), Positions.of(asked.limited()), asked.lastEventId())) {
            ResponseHead.endWithoutContent(routing);
            return null;
        }
        ResponseHead.prepare(routing, channel);
        if (request.method().equals(HttpMethod.HEAD)) {
            new ClientSocket(request, channel).end();
            return null;
        }
        tellNode(routing, asked);
        return paths.of(routing, channel);
    }

    private void subscribe(RoutingContext routing, WritePath path, StreamRequest asked, ServedStream stream) {
        Hub hub = hub(routing.request());
        hub.execute(() -> hub.open(path, stream, asked.lasting(options.lifetime())));
    }

    /** There is no stream, or no right to it, or that cannot be known now. */
    private void refuse(RoutingContext routing, Throwable failure) {
        HttpException refusal = refusal(failure);
        boolean mayComeBack = refusal.getStatusCode() == 503 || failure instanceof ExpiredException;
        if (mayComeBack && !routing.request().method().equals(HttpMethod.HEAD)) {
            LOG.debug("{}: {} cannot be served now", source, routing.request().path(), failure);
            // An EventSource that gets an error status never comes back.
            sendAway(routing, failure instanceof ExpiredException ? CloseReason.EXPIRED : CloseReason.OVERLOAD);
        } else {
            fail(routing, refusal);
        }
    }

    private static HttpException refusal(Throwable failure) {
        if (failure instanceof HttpException refusal) {
            return refusal;
        } else if (failure instanceof NoSuchStreamException) {
            return new HttpException(404, failure.getMessage());
        } else if (failure instanceof ExpiredException) {
            return new HttpException(401, failure.getMessage());
        }
        return new HttpException(503, "the log cannot be reached: expected to be asked again later");
    }

    private void sendAway(RoutingContext routing, CloseReason reason) {
        HttpServerRequest request = routing.request();
        if (ClientSocket.isOpen(request.response())) {
            Channel channel = WritePaths.channel(request);
            ResponseHead.prepare(routing, channel);
            WritePath path = paths.of(routing, channel);
            Hub hub = hub(request);
            hub.execute(() -> hub.refuse(path, reason));
        }
    }

    private void fail(RoutingContext routing, HttpException e) {
        if (failsToRouter) {
            routing.fail(e);
        } else {
            ProblemResponse.end(routing, e.getStatusCode(), String.valueOf(e.getPayload()));
        }
    }

    /** Over the stream's own connection: a load balancer may send any other request to another node. */
    private void tellNode(RoutingContext routing, StreamRequest asked) {
        HttpServerResponse response = routing.response();
        if (node == null || !asked.asksForNode() || !ClientSocket.isOpen(response)) {
            return;
        }
        try {
            response.write(Buffer.buffer(ControlFrames.node(node)));
        } catch (RuntimeException e) {
            // A handler of the application fails on the head, and would fail on that of an answer too.
            LOG.warn("A client cannot be told its node, and is cut off", e);
            routing.request().connection().close();
        }
    }

    private Hub hub(HttpServerRequest request) {
        return hubs.of(((HttpServerRequestInternal) request).context().nettyEventLoop());
    }
}
