package io.sluice.sse;

import io.sluice.auth.Rights;
import io.sluice.stream.CloseReason;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamTemplate;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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
 * <p>A client that says {@code Accept: application/json}, or {@code format=json}, polls: it gets one answer as JSON, with what there is,
 * or after the first event if it says for how long to {@code wait}. A poll is a subscription until it is answered; the reason of its end
 * is {@link CloseReason#ANSWERED}.
 *
 * <p>One handler may serve any number of event loops: each gets its own hub.
 */
public final class SseHandler implements Handler<RoutingContext> {

    /** What a client can be told that is to come back and have its rights looked at again, or to come back later. */
    private static final Set<CloseReason> REASONS =
            EnumSet.of(CloseReason.EXPIRED, CloseReason.LIFETIME, CloseReason.DRAIN, CloseReason.OVERLOAD);

    private final Hubs hubs;
    private final Reception reception;
    private final Subscribers subscribers = new Subscribers();

    private SseHandler(
            StreamSource source,
            SseOptions options,
            SubscriptionLimits limits,
            @Nullable String node,
            LongSupplier nanoTime) {
        this.hubs = new Hubs(source, options, limits, subscribers, nanoTime);
        this.reception = new Reception(source, options, node, hubs, subscribers);
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
        return new SseHandler(new DeclaredStream(stream, options.frame()), options, limits, node, nanoTime);
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
        return new SseHandler(new TemplateStreams(template, options.frame()), options, limits, node, System::nanoTime);
    }

    /**
     * Has a request that is wrong fail its routing context with an {@link HttpException}, for a failure handler or error
     * handler of the application, instead of being answered with {@code application/problem+json}.
     *
     * @return this handler
     */
    public SseHandler failToRouter() {
        reception.failToRouter();
        return this;
    }

    /**
     * Has each request ask the application what its client may read. Called for each replay and resume; never for an event.
     *
     * <p>Without it a client may read everything, until its {@code routing.user()} expires, if there is one: that is what a {@code
     * JWTAuthHandler} or {@code OAuth2AuthHandler} before this handler leaves.
     *
     * <p>The client gets what it asks for as far as its rights go: 403 if nothing is left of it. At the end of the rights its subscription
     * ends with reason {@code expired}. If it comes back with them within {@link Rights#GRACE} it is told so once more, and after that
     * with 401.
     *
     * @param rights on the thread of the request. Its future may complete on any thread, and is the last word if it is null or fails: an
     *     {@link HttpException} is the answer, but that an EventSource is told to come back instead of 503; any other failure is 500
     * @return this handler
     */
    public SseHandler authorize(Function<RoutingContext, Future<Rights>> rights) {
        reception.authorize(new Authorizer(rights));
        return this;
    }

    /**
     * Has a listener told of each subscription that opens from now on, and of its end. It takes the place of an earlier one, and is told
     * of the ends of those that the earlier one saw.
     *
     * @return this handler
     */
    public SseHandler listener(SubscriptionListener listener) {
        subscribers.listen(listener);
        return this;
    }

    /**
     * Ends subscriptions, those that are behind or wait among them: of a user whose rights were taken away, say. A request that has been
     * authorized and has not opened yet is looked at when it does. One that is authorized later is not: change the rights first. Each
     * event loop ends its own over as many turns as it takes. Any thread.
     *
     * <p>Each client is told the reason, and its EventSource comes back and asks for its rights again:
     *
     * <ul>
     *   <li>{@link CloseReason#EXPIRED}: they were taken away, and {@code authorize} refuses them now;
     *   <li>{@link CloseReason#LIFETIME}: they may be others now;
     *   <li>{@link CloseReason#DRAIN}, {@link CloseReason#OVERLOAD}: it is to go to another node, or to come back later.
     * </ul>
     *
     * @param whom called on event loops, once for each subscription or more often; it must not block
     * @return the number of subscriptions that it has ended, when it has looked at all of them; fails with what {@code whom} throws
     * @throws IllegalArgumentException if the reason is another one
     */
    public Future<Integer> end(Predicate<Subscriber> whom, CloseReason reason) {
        if (!REASONS.contains(reason)) {
            throw new IllegalArgumentException("reason " + reason + ": expected one of " + REASONS);
        }
        return hubs.end(subscribers.revoke(whom, reason));
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

    @Override
    public void handle(RoutingContext routing) {
        reception.take(routing);
    }
}
