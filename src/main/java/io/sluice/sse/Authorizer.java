package io.sluice.sse;

import io.sluice.auth.Rights;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Asks what the client of a request may read. */
final class Authorizer {

    /** The handlers before have let the client pass: it may read everything, until its user expires if it has one. */
    static final Authorizer OF_THE_USER = new Authorizer(Authorizer::ofTheUser);

    private static final Logger LOG = LoggerFactory.getLogger(Authorizer.class);

    /** Of JWT (RFC 7519 4.1.4): a number of seconds. Vert.x keeps what it has checked in the attributes. */
    private static final String EXPIRY = "exp";

    private static final Future<Rights> EVERYTHING = Future.succeededFuture(Rights.ALL);

    private final Function<RoutingContext, Future<Rights>> function;
    private final AtomicBoolean saidFailure = new AtomicBoolean();

    Authorizer(Function<RoutingContext, Future<Rights>> function) {
        this.function = function;
    }

    /** The rights of a client, on the context of its request; fails with {@link HttpException}. */
    Future<Rights> rights(RoutingContext routing) {
        Future<@Nullable Rights> asked;
        try {
            asked = function.apply(routing);
        } catch (RuntimeException e) {
            return Future.failedFuture(refusal(e));
        }
        if (asked == null) {
            return Future.failedFuture(
                    refusal(new IllegalStateException("authorize returned null: expected a future")));
        }
        return known(routing, asked).transform(known -> {
            Rights rights = known.result();
            return rights != null ? Future.succeededFuture(rights) : Future.failedFuture(refusal(known.cause()));
        });
    }

    /** The application may know them on any thread. */
    private static Future<@Nullable Rights> known(RoutingContext routing, Future<@Nullable Rights> asked) {
        if (asked == EVERYTHING) {
            return asked;
        }
        ContextInternal here = ((HttpServerRequestInternal) routing.request()).context();
        if (asked.isComplete()) {
            // What follows would run on the context that the future was made on.
            return asked.succeeded() ? here.succeededFuture(asked.result()) : here.failedFuture(asked.cause());
        }
        Promise<@Nullable Rights> known = here.promise();
        asked.onComplete(known);
        return known.future();
    }

    private HttpException refusal(@Nullable Throwable failure) {
        if (failure instanceof HttpException refusal) {
            return refusal;
        }
        // Once is enough: it happens to each client.
        LOG.atLevel(saidFailure.getAndSet(true) ? Level.DEBUG : Level.ERROR)
                .log(
                        "A client's rights cannot be known",
                        failure == null ? new NullPointerException("no rights") : failure);
        return new HttpException(500, "the client's rights cannot be known; the log says more", failure);
    }

    /** As {@link User#expired()} looks at it. */
    private static Future<Rights> ofTheUser(RoutingContext routing) {
        @Nullable User user = routing.user();
        @Nullable
        Object expiry = user == null
                ? null
                : user.attributes().getValue(EXPIRY, user.principal().getValue(EXPIRY));
        if (expiry == null) {
            return EVERYTHING;
        }
        if (expiry instanceof Number seconds) {
            return Future.succeededFuture(Rights.ALL.until(instant(seconds.longValue())));
        }
        throw new IllegalStateException("the user's " + EXPIRY + " is no number of seconds");
    }

    private static Instant instant(long seconds) {
        return Instant.ofEpochSecond(
                Math.max(Instant.MIN.getEpochSecond(), Math.min(seconds, Instant.MAX.getEpochSecond())));
    }
}
