package io.sluice.auth;

import io.sluice.auth.Credential.Carrier;
import io.sluice.stream.TopicFilter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.impl.UserContextInternal;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that every door asks: who has sent this request, and what may they do? Any thread.
 *
 * <p>A request without a credential has {@link Rights#NONE}. One whose credential is bad is refused, wherever it asks.
 */
public final class Access {

    private static final Logger LOG = LoggerFactory.getLogger(Access.class);
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final TokenVerifier tokens;
    private final @Nullable Tickets tickets;
    private final @Nullable String cookie;
    private final Duration leeway;
    private final String claim;
    private final Predicate<HttpServerRequest> isFromOwnPage;

    /**
     * @param tickets null if there are none
     * @param cookie the name of the cookie that may hold a token, or null
     * @param leeway how far the clocks of issuer and node may be apart
     * @param claim the name of the claim with the rights, for what a client is told
     * @param isFromOwnPage whether the browser says that a page has sent the request that may do so
     */
    Access(
            TokenVerifier tokens,
            @Nullable Tickets tickets,
            @Nullable String cookie,
            Duration leeway,
            String claim,
            Predicate<HttpServerRequest> isFromOwnPage) {
        this.tokens = tokens;
        this.tickets = tickets;
        this.cookie = cookie;
        this.leeway = leeway;
        this.claim = claim;
        this.isFromOwnPage = isFromOwnPage;
    }

    /**
     * Prepares what the options ask for; {@link #close} it.
     *
     * @param isFromOwnPage whether the browser says that the page which sends a request may have it make use of a cookie
     * @return fails with {@link io.sluice.log.InvalidOptionException} if a key is none, or does not fit
     */
    public static Future<Access> open(Vertx vertx, AuthOptions options, Predicate<HttpServerRequest> isFromOwnPage) {
        TicketOptions tickets = options.tickets();
        return TokenVerifier.open(vertx, options.jwt())
                .map(tokens -> new Access(
                        tokens,
                        tickets == null ? null : new Tickets(tickets.secret(), tickets.max()),
                        options.cookie(),
                        options.jwt().leeway(),
                        options.jwt().claim(),
                        isFromOwnPage));
    }

    /** Whether it has the keys of the issuer. */
    public boolean hasKeys() {
        return tokens.hasKeys();
    }

    /**
     * Reads the keys again where they may have changed: in a file, at an issuer.
     *
     * @return whether they have; fails, and keeps those that it had, if they cannot be read
     */
    public Future<Boolean> reread() {
        return tokens.reread();
    }

    /** Closes when the checks that have begun are done: another one has its place. */
    public void retire() {
        tokens.retire();
    }

    /** Reads no keys any more, and checks no token. Completes when that is so. */
    public Future<Void> close() {
        return tokens.close();
    }

    /**
     * The rights of a request's client, which may have ended a short while ago; and {@code routing.user()} is who it is, or null if the
     * client has shown nothing.
     *
     * @return on the event loop of the request; fails with {@link HttpException}: 401 for a bad credential, 403 for a cookie that a page
     *     of a stranger makes use of, 503 if the keys of the issuer are away or too many new tokens wait for their check,
     *     500 if the check itself fails
     */
    public Future<Rights> rights(RoutingContext routing) {
        try {
            @Nullable Credential credential = Credential.of(routing, cookie);
            if (credential == null) {
                Challenge.nothingShown(routing);
                return Future.succeededFuture(Rights.NONE);
            }
            requireOwnPage(routing, credential);
            return here(routing, verify(routing, credential))
                    .recover(failure -> Future.failedFuture(refusal(routing, failure)))
                    .map(identity -> welcome(routing, credential, identity));
        } catch (BadCredentialException e) {
            return Future.failedFuture(refusal(routing, e));
        } catch (HttpException e) {
            return Future.failedFuture(e);
        }
    }

    /**
     * The rights of a client whose request is done at once: they have not ended. The leeway counts, since nothing is told how long it
     * lasts.
     *
     * @return as of {@link #rights}; fails with 401 if the client has shown nothing
     */
    public Future<Rights> currentRights(RoutingContext routing) {
        return rights(routing).map(rights -> {
            if (rights.hasEnded(Instant.now().minus(leeway))) {
                throw new HttpException(401, "the token has expired");
            }
            return requireShown(routing, rights);
        });
    }

    /**
     * Requires that the client of a request has shown something.
     *
     * @param rights of the client
     * @throws HttpException 401 if it has not
     */
    public static Rights requireShown(RoutingContext routing, Rights rights) {
        if (routing.user() == null) {
            throw new HttpException(401, "no credential: expected Authorization: Bearer, and a token");
        }
        return rights;
    }

    /** The keys may come on another event loop: a request is of one. */
    private static <T> Future<T> here(RoutingContext routing, Future<T> anywhere) {
        Promise<T> here = ((ContextInternal) routing.vertx().getOrCreateContext()).promise();
        anywhere.onComplete(here);
        return here.future();
    }

    /** Whether there are tickets. */
    public boolean hasTickets() {
        return tickets != null;
    }

    /**
     * Requires that a request shows no ticket: who has one gets no other for it.
     *
     * @throws HttpException 403 if it does
     */
    public void requireNoTicket(RoutingContext routing) {
        @Nullable Credential credential = Credential.of(routing, cookie);
        if (credential != null && credential.carrier() == Carrier.TICKET) {
            throw new HttpException(403, "a ticket is no token: expected Authorization: Bearer, or a cookie");
        }
    }

    /**
     * Makes a ticket.
     *
     * @param user whom it is for
     * @param stream the full name
     * @param topics of it, one at least
     * @param end when the rights of the user end, or null for never
     * @throws IllegalArgumentException if it would be too long for a URL
     * @throws IllegalStateException if there are no tickets
     */
    public IssuedTicket ticket(@Nullable User user, String stream, TopicFilter topics, @Nullable Instant end) {
        if (tickets == null) {
            throw new IllegalStateException("auth.tickets is not configured");
        }
        @Nullable String subject = user == null ? null : user.subject();
        return tickets.issue(stream, topics, end, Objects.requireNonNullElse(subject, ""));
    }

    private void requireOwnPage(RoutingContext routing, Credential credential) {
        HttpServerRequest request = routing.request();
        if (credential.carrier() == Carrier.COOKIE
                && !READING.contains(request.method())
                && !isFromOwnPage.test(request)) {
            throw new HttpException(
                    403,
                    "a cookie counts where the browser names the page: expected an Origin of this node, or a listed one");
        }
    }

    private Future<Identity> verify(RoutingContext routing, Credential credential) {
        if (credential.carrier() != Carrier.TICKET) {
            return tokens.verify(credential.text());
        }
        if (tickets == null) {
            throw new BadCredentialException("this node knows no tickets");
        }
        return Future.succeededFuture(tickets.verify(credential.text(), routing));
    }

    private Rights welcome(RoutingContext routing, Credential credential, Identity identity) {
        ((UserContextInternal) routing.userContext()).setUser(identity.user());
        boolean mayLack = credential.carrier() != Carrier.TICKET;
        Challenge.goodShown(routing, mayLack ? RightsClaim.lack(identity.user().principal(), claim) : null);
        return identity.rights();
    }

    private static HttpException refusal(RoutingContext routing, Throwable failure) {
        if (failure instanceof BadCredentialException) {
            String why = String.valueOf(failure.getMessage());
            Challenge.badShown(routing, why);
            return new HttpException(401, why);
        }
        if (failure instanceof HttpException refusal) {
            return refusal;
        }
        if (failure instanceof KeysAwayException) {
            return new HttpException(
                    503, "the keys of the issuer cannot be had: expected to be asked again later", failure);
        }
        if (failure instanceof TooManyTokensException) {
            return new HttpException(503, String.valueOf(failure.getMessage()), failure);
        }
        LOG.error("A credential cannot be checked", failure);
        return new HttpException(500, "the credential cannot be checked; the log says more", failure);
    }
}
