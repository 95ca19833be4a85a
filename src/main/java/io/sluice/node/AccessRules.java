package io.sluice.node;

import io.sluice.auth.Access;
import io.sluice.auth.IssuedTicket;
import io.sluice.auth.Rights;
import io.sluice.stream.TopicFilter;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in at which door of a node: with {@code auth} whoever has the right; without, anybody may read, and publish where {@code
 * publish.anonymous} is on. Any thread.
 */
final class AccessRules {

    private static final String WRITABLE = "io.sluice.writable";
    private static final String HOLDER = "io.sluice.holder";
    private static final String END = "io.sluice.end";

    /** What a ticket for the streams of the admin listener is for. No stream has such a name, and so no token a right to it. */
    private static final String ADMIN_TICKET = "admin:";

    // Another one after a reload.
    private volatile Optional<Access> access;
    private final boolean anybodyMayPublish;
    private final PendingBodies bodies;

    /** @param bodies count what comes of requests while the keys of an issuer are fetched */
    AccessRules(Optional<Access> access, NodeConfig config, PendingBodies bodies) {
        this.access = access;
        this.bodies = bodies;
        this.anybodyMayPublish = config.publish().anonymous();
    }

    /** Asks another one from now on. */
    void replace(Access other) {
        Optional<Access> before = access;
        access = Optional.of(other);
        before.ifPresent(Access::retire);
    }

    /** Whom it asks; empty if it asks nobody. */
    Optional<Access> access() {
        return access;
    }

    Future<Void> close() {
        return access.map(Access::close).orElse(Future.succeededFuture());
    }

    /** The rights of those who read a stream. */
    Function<RoutingContext, Future<Rights>> readers(Read read) {
        return routing -> access.map(known -> known.rights(routing).map(rights -> reading(routing, read, rights)))
                .orElse(Future.succeededFuture(Rights.ALL));
    }

    private static Rights reading(RoutingContext routing, Read read, Rights rights) {
        return read == Read.ANYONE ? rights.readingAll() : Access.requireShown(routing, rights);
    }

    /** Whether clients show who they are. */
    boolean areKnown() {
        return access.isPresent();
    }

    /** A handler that lets those pass who may write to the stream of a request. */
    Handler<RoutingContext> writers(Function<RoutingContext, String> stream) {
        return whoever((routing, rights) -> {
            TopicFilter writable = rights.writable(stream.apply(routing));
            if (writable.isNone()) {
                throw new HttpException(403, "no right to write to " + stream.apply(routing));
            }
            routing.put(WRITABLE, writable).put(END, rights.end());
        });
    }

    /** When the rights of a request that {@link #writers} let pass end, or null for never. */
    static @Nullable Instant end(RoutingContext routing) {
        return routing.get(END);
    }

    /** Says of a request that anybody may make it: a signal where anybody may send those. */
    static void letAnybodyWrite(RoutingContext routing) {
        routing.put(WRITABLE, TopicFilter.ALL);
    }

    /**
     * A handler that lets those pass who have the right {@code admin}.
     *
     * @param denied what the others are told
     */
    Handler<RoutingContext> admins(String denied) {
        return whoever((routing, rights) -> {
            require(rights.isAdmin(), denied);
            routing.put(HOLDER, rights);
        });
    }

    /** The rights of those who read what {@link #admins} may see, as a stream: they have the right, or an {@link #adminTicket}. */
    Function<RoutingContext, Future<Rights>> watchers(String denied) {
        return routing -> access.map(known -> known.rights(routing).map(rights -> {
                    Access.requireShown(routing, rights);
                    require(rights.isAdmin() || rights.readable(ADMIN_TICKET).isAll(), denied);
                    return rights.readingAll();
                }))
                .orElse(Future.succeededFuture(Rights.ALL));
    }

    private static void require(boolean condition, String denied) {
        if (!condition) {
            throw new HttpException(403, denied);
        }
    }

    /** Makes a ticket for {@link #watchers}, for a client that {@link #admins} let pass. */
    IssuedTicket adminTicket(RoutingContext routing) {
        return ticket(routing, ADMIN_TICKET, TopicFilter.ALL);
    }

    /** A handler that lets pass whom a check does not refuse. The body of the request waits until that is known. */
    private Handler<RoutingContext> whoever(BiConsumer<RoutingContext, Rights> check) {
        return routing -> HeldRequest.until(current(routing), routing, bodies, rights -> {
            check.accept(routing, rights);
            routing.next();
        });
    }

    /** Whether there are tickets. */
    boolean hasTickets() {
        return access.map(Access::hasTickets).orElse(false);
    }

    /** A handler that lets those pass who may have a ticket: whoever shows a token. */
    Handler<RoutingContext> ticketHolders() {
        return whoever((routing, rights) -> {
            access.ifPresent(known -> known.requireNoTicket(routing));
            // The leeway does not count: the ticket would be over when it is made.
            if (rights.hasEnded(Instant.now())) {
                throw new HttpException(401, "the token has expired");
            }
            routing.put(HOLDER, rights);
        });
    }

    /** The topics of a stream that a request's client may read, if {@link #ticketHolders} let it pass. */
    TopicFilter readable(RoutingContext routing, String stream, Read read) {
        Rights rights = routing.get(HOLDER, Rights.NONE);
        return reading(routing, read, rights).readable(stream);
    }

    /**
     * Makes a ticket for a client that {@link #ticketHolders} or {@link #admins} let pass, up to the end of its rights.
     *
     * @param topics that it may read
     * @throws HttpException 400 if it is too long for a URL
     */
    IssuedTicket ticket(RoutingContext routing, String stream, TopicFilter topics) {
        try {
            Rights rights = routing.get(HOLDER, Rights.NONE);
            return access.orElseThrow().ticket(routing.user(), stream, topics, rights.end());
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
    }

    private Future<Rights> current(RoutingContext routing) {
        return access.map(known -> known.currentRights(routing))
                .orElse(Future.succeededFuture(anybodyMayPublish ? Rights.ALL : Rights.NONE));
    }

    /**
     * Requires that a request that {@link #writers} let pass may write about a topic.
     *
     * @throws HttpException 403 if it may not
     */
    static void requireTopic(RoutingContext routing, String topic) {
        TopicFilter writable = writable(routing);
        if (!writable.matches(topic)) {
            throw new HttpException(403, "no right to write about \"" + topic + "\": expected " + writable);
        }
    }

    /**
     * Requires that a request may write about all topics of its stream: what it asks for concerns the stream as a whole.
     *
     * @throws HttpException 403 if it may not
     */
    static void requireWhole(RoutingContext routing) {
        TopicFilter writable = writable(routing);
        if (!writable.isAll()) {
            throw new HttpException(403, "the right is limited to " + writable + ": expected one to the whole stream");
        }
    }

    private static TopicFilter writable(RoutingContext routing) {
        return routing.get(WRITABLE, TopicFilter.NONE);
    }
}
