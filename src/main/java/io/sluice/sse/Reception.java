package io.sluice.sse;

import io.netty.channel.Channel;
import io.sluice.auth.Rights;
import io.sluice.log.NoSuchStreamException;
import io.sluice.stream.CloseReason;
import io.sluice.stream.Trace;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a request to its subscription, or to its refusal.
 *
 * <pre>
 *    request --> who it is --> what it asks for --> what it may read --> the stream --> the head --> {@link Hub}
 *                    |               |                    |                  |            |
 *                   401           400, 406         403, "expired"     404, "overload"  204, HEAD
 * </pre>
 *
 * <p>A poll goes the same way, to one answer ({@link PollPath}). It is told by a status what an event stream is told by its close event.
 *
 * <p>Only who may read a stream gets to know whether it is there. Any thread.
 */
final class Reception {

    private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

    private final StreamSource source;
    private final SseOptions options;
    private final @Nullable String node;
    private final Hubs hubs;
    private final Subscribers subscribers;
    private final WritePaths paths;
    private volatile Authorizer authorizer = Authorizer.OF_THE_USER;
    private volatile boolean failsToRouter;

    /** @param node the name of this node, for a client that asks for it; or null */
    Reception(StreamSource source, SseOptions options, @Nullable String node, Hubs hubs, Subscribers subscribers) {
        this.source = source;
        this.options = options;
        this.node = node;
        this.hubs = hubs;
        this.subscribers = subscribers;
        this.paths = new WritePaths(source.toString());
    }

    void failToRouter() {
        failsToRouter = true;
    }

    void authorize(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /** Takes a request. */
    void take(RoutingContext routing) {
        String stream;
        try {
            stream = source.name(routing);
        } catch (HttpException e) {
            fail(routing, e);
            return;
        }
        // Before the rights: those that are revoked after that may be known already.
        Revocation revocation = subscribers.lastRevocation();
        authorizer
                .rights(routing)
                .onComplete(rights -> admit(routing, rights, stream, revocation), failure -> refuse(routing, failure));
    }

    private void admit(RoutingContext routing, Rights rights, String name, Revocation revocation) {
        try {
            StreamRequest allowed = StreamRequest.of(routing, options).allowed(rights, name, routing.user());
            source.find(routing)
                    .onComplete(
                            stream -> answer(routing, allowed, stream, revocation),
                            failure -> refuse(routing, failure));
        } catch (RuntimeException e) {
            refuse(routing, e instanceof HttpException || e instanceof ExpiredException ? e : fault(e));
        }
    }

    private void answer(RoutingContext routing, StreamRequest asked, ServedStream stream, Revocation revocation) {
        WritePath path = null;
        try {
            path = begin(routing, asked, stream);
        } catch (RuntimeException e) {
            refuse(routing, fault(e));
        } finally {
            if (path == null) {
                stream.release();
            }
        }
        if (path != null) {
            subscribe(routing, path, stream, asked.lasting(options.lifetime(), revocation));
        }
    }

    /** Prepares the head. Answers null if the request is answered now, or nobody waits for it any more. */
    private @Nullable WritePath begin(RoutingContext routing, StreamRequest asked, ServedStream stream) {
        HttpServerRequest request = routing.request();
        Channel channel = WritePaths.channel(request);
        if (!ClientSocket.isOpen(request.response())) {
            return null;
        }
        boolean polls = asked.manner() instanceof Manner.Polling;
        if (!polls && asked.isAtEnd(stream.journal())) {
            ResponseHead.endWithoutContent(routing);
            return null;
        }
        if (polls) {
            ResponseHead.prepareAnswer(routing);
        } else {
            ResponseHead.prepare(routing, channel);
        }
        if (request.method().equals(HttpMethod.HEAD)) {
            asked.extent(stream.journal()).tell(routing.response());
            new ClientSocket(request, channel).end();
            return null;
        }
        tellNode(routing, asked);
        WritePath path = paths.of(routing, channel);
        return asked.manner() instanceof Manner.Polling poll
                ? poll.path(request, path, stream.toString(), asked.beginning().lastEventId())
                : path;
    }

    private void subscribe(RoutingContext routing, WritePath path, ServedStream stream, SubscriptionRequest wish) {
        Hub hub = hub(routing.request());
        Trace trace = Trace.begin(
                ((HttpServerRequestInternal) routing.request()).context(),
                "subscribe",
                source.toString(),
                () -> List.of(
                        Map.entry("messaging.destination.name", stream.toString()),
                        Map.entry("sluice.topics", wish.filter().toString())));
        hub.execute(() -> {
            Subscription subscription = hub.open(path, stream, wish);
            if (trace != null) {
                trace.end(List.of(Map.entry(
                        "sluice.subscription", subscription == null ? "refused" : Long.toString(subscription.id))));
            }
        });
    }

    /** Over the stream's own connection: a load balancer may send any other request to another node. */
    private void tellNode(RoutingContext routing, StreamRequest asked) {
        HttpServerResponse response = routing.response();
        boolean asks =
                asked.manner() instanceof Manner.Streaming streaming && streaming.asksForNode() && streaming.control();
        if (node == null || !asks || !ClientSocket.isOpen(response)) {
            return;
        }
        try {
            response.write(Buffer.buffer(SseWords.node(node)));
        } catch (RuntimeException e) {
            // A handler of the application fails on the head, and would fail on that of an answer too.
            LOG.warn("A client cannot be told its node, and is cut off", e);
            routing.request().connection().close();
        }
    }

    // ---- refusals

    /** There is no stream, or no right to it, or that cannot be known now. */
    private void refuse(RoutingContext routing, Throwable failure) {
        try {
            answer(routing, failure);
        } catch (RuntimeException e) {
            // A handler of the application fails on the head, or has ended the response.
            LOG.warn("A client cannot be told that it is refused, and is cut off", e);
            routing.request().connection().close();
        }
    }

    private static HttpException fault(RuntimeException e) {
        LOG.error("A request for a stream failed", e);
        return new HttpException(500, "the node failed; its log says more", e);
    }

    private void answer(RoutingContext routing, Throwable failure) {
        HttpException refusal = refusal(failure);
        boolean mayComeBack = refusal.getStatusCode() == 503 || failure instanceof ExpiredException;
        boolean isStream = !routing.request().method().equals(HttpMethod.HEAD) && Representation.isStream(routing);
        if (mayComeBack) {
            LOG.debug("{}: {} cannot be served now", source, routing.request().path(), failure);
        }
        if (mayComeBack && isStream) {
            // An EventSource that gets an error status never comes back.
            sendAway(routing, failure instanceof ExpiredException ? CloseReason.EXPIRED : CloseReason.OVERLOAD);
        } else {
            if (refusal.getStatusCode() == 503) {
                tellRetry(routing);
            }
            fail(routing, refusal);
        }
    }

    private void tellRetry(RoutingContext routing) {
        HttpServerResponse response = routing.response();
        if (ClientSocket.isOpen(response)) {
            source.listener().refused(CloseReason.OVERLOAD);
            response.putHeader(
                    HttpHeaders.RETRY_AFTER, PollPath.retryAfter(options.retry().toMillis()));
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
            SseWords words = SseWords.of(routing);
            Hub hub = hub(request);
            hub.execute(() -> hub.refuse(path, words, reason));
        }
    }

    private void fail(RoutingContext routing, HttpException e) {
        if (failsToRouter) {
            routing.fail(e);
        } else {
            ProblemResponse.end(routing, e);
        }
    }

    private Hub hub(HttpServerRequest request) {
        return hubs.of(((HttpServerRequestInternal) request).context().nettyEventLoop());
    }
}
