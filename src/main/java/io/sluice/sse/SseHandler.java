package io.sluice.sse;

import io.netty.channel.EventLoop;
import io.sluice.stream.Replay;
import io.sluice.stream.Stream;
import io.sluice.stream.TopicFilter;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Serves a stream as Server-Sent Events. Mount it in a router of your own, for GET and HEAD:
 *
 * <pre>{@code
 * router.route("/events").method(HttpMethod.GET).method(HttpMethod.HEAD).handler(SseHandler.create(stream));
 * }</pre>
 *
 * <p>Query: {@code topic} (repeated: any of them), {@code replay}, {@code lastEventId}; the {@code Last-Event-ID} header wins
 * over the last. What is wrong with a request fails its context with an {@link HttpException}: 400 or 406. No body handler,
 * session or compression belongs before it.
 *
 * <p>One handler may serve any number of event loops: each gets a hub of its own.
 */
public final class SseHandler implements Handler<RoutingContext> {

    private final Stream stream;
    private final Map<EventLoop, Hub> hubs = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private SseHandler(Stream stream) {
        this.stream = stream;
    }

    public static SseHandler create(Stream stream) {
        return new SseHandler(stream);
    }

    @Override
    public void handle(RoutingContext routing) {
        requireAccept(routing);
        TopicFilter filter = filter(routing);
        Replay replay = replay(routing);
        HttpServerRequest request = routing.request();
        ResponseWritePath path = new ResponseWritePath(request);
        if (request.method().equals(HttpMethod.HEAD)) {
            path.endEmpty();
            return;
        }
        Hub hub = hub(((ContextInternal) routing.vertx().getOrCreateContext()).nettyEventLoop());
        String lastEventId = lastEventId(request);
        hub.execute(() -> {
            Start start = lastEventId == null
                    ? Start.replaying(stream.journal(), filter, replay)
                    : Start.after(stream.journal(), filter, lastEventId);
            Subscription subscription = hub.open(path, filter, start);
            if (subscription != null) {
                connect(hub, subscription, request.response());
            }
        });
    }

    /**
     * Ends every subscription with the close event, reason {@code drain}. Any thread.
     *
     * @return completes when each client's socket has it, or is gone; a socket that takes nothing keeps it waiting
     */
    public Future<Void> close() {
        closed = true;
        return Future.join(hubs.values().stream().map(SseHandler::close).toList())
                .mapEmpty();
    }

    private static Future<Void> close(Hub hub) {
        Promise<Void> done = Promise.promise();
        hub.execute(() -> hub.close().onComplete(done));
        return done.future();
    }

    private Hub hub(EventLoop loop) {
        Hub hub = hubs.computeIfAbsent(loop, l -> new Hub(l, stream.name(), stream.options(), stream.journal()));
        if (closed) {
            close(hub); // it came after close(): whoever subscribes is told at once
        }
        return hub;
    }

    private static void connect(Hub hub, Subscription subscription, HttpServerResponse response) {
        if (subscription.closed || response.closed()) {
            hub.close(subscription, CloseReason.GONE);
            return;
        }
        response.closeHandler(v -> hub.execute(() -> hub.close(subscription, CloseReason.GONE)));
        response.drainHandler(v -> hub.execute(() -> hub.drained(subscription)));
    }

    /** RFC 9110 12.5.1; no Accept at all means anything. */
    private static void requireAccept(RoutingContext routing) {
        List<MIMEHeader> accepted = routing.parsedHeaders().accept();
        if (!accepted.isEmpty() && accepted.stream().noneMatch(SseHandler::takesEventStream)) {
            throw new HttpException(406, "this is a text/event-stream: expected an Accept that allows it");
        }
    }

    private static boolean takesEventStream(MIMEHeader accepted) {
        boolean type = isAnyOr("text", accepted.component());
        boolean subtype = isAnyOr("event-stream", accepted.subComponent());
        return type && subtype && accepted.weight() > 0;
    }

    private static boolean isAnyOr(String wanted, String accepted) {
        return accepted.equals("*") || accepted.equalsIgnoreCase(wanted);
    }

    private static TopicFilter filter(RoutingContext routing) {
        try {
            return TopicFilter.of(routing.queryParam("topic"));
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
    }

    private Replay replay(RoutingContext routing) {
        List<String> asked = routing.queryParam("replay");
        try {
            return asked.isEmpty() ? stream.options().replay() : Replay.parse(asked.get(asked.size() - 1));
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, "replay: expected " + e.getMessage());
        }
    }

    /** The header is what a client learned while it was connected, the query what its page knew at first: the header wins. */
    private static @Nullable String lastEventId(HttpServerRequest request) {
        String header = request.getHeader("Last-Event-ID");
        String id = header == null || header.isEmpty() ? request.getParam("lastEventId") : header;
        return id == null || id.isEmpty() ? null : id;
    }
}
