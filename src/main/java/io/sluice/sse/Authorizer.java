package io.sluice.sse;

import io.sluice.auth.Rights;
import io.vertx.core.Future;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks what the client of a request may read. */
final class Authorizer {

    /** The handlers before have let the client pass: it may read everything, until its user expires if it has one. */
    static final Authorizer OF_THE_USER = new Authorizer(Authorizer::ofTheUser);

    private static final Logger LOG = LoggerFactory.getLogger(Authorizer.class);

    /** Of JWT (RFC 7519 4.1.4): a number of seconds. Vert.x keeps what it has checked in the attributes. */
    private static final String EXPIRY = "exp";

    private static final Future<Rights> EVERYTHING = Future.succeededFuture(Rights.ALL);

    private final Function<RoutingContext, Future<Rights>> function;

    Authorizer(Function<RoutingContext, Future<Rights>> function) {
        this.function = function;
    }

    /** The rights of a client; fails with {@link HttpException}. */
    Future<Rights> rights(RoutingContext routing) {
        try {
            return function.apply(routing).recover(failure -> Future.failedFuture(refusal(failure)));
        } catch (RuntimeException e) {
            return Future.failedFuture(refusal(e));
        }
    }

    private static HttpException refusal(Throwable failure) {
        if (failure instanceof HttpException refusal) {
            return refusal;
        }
        LOG.error("A client's rights cannot be known", failure);
        return new HttpException(500, "the client's rights cannot be known; the log says more", failure);
    }

    private static Future<Rights> ofTheUser(RoutingContext routing) {
        @Nullable User user = routing.user();
        Long expiry = user == null ? null : expiry(user);
        return expiry == null ? EVERYTHING : Future.succeededFuture(Rights.ALL.until(Instant.ofEpochSecond(expiry)));
    }

    private static @Nullable Long expiry(User user) {
        return user.attributes().getValue(EXPIRY, user.principal().getValue(EXPIRY)) instanceof Number seconds
                ? (Long) seconds.longValue()
                : null;
    }
}
