package io.sluice.node;

import io.sluice.auth.IssuedTicket;
import io.sluice.auth.Rights;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Who may come in at the admin listener.
 *
 * <pre>
 *                      listens on loopback     beyond, with auth       beyond, without auth
 *   read               anybody                 the right admin         anybody
 *   change             anybody                 the right admin         clients of this machine
 *   /health/, files    anybody                 anybody                 anybody
 * </pre>
 *
 * <p>A browser lends its place to whatever page it shows. So what is asked for on loopback, and what changes something without a token,
 * has to come under a name of the node ({@link HostRules}), and a page that changes something has to be the node's own ({@link
 * CorsRules}).
 */
final class AdminRules {

    private static final String DENIED = "this is for those who run the node: expected the right admin";

    private final AccessRules rules;
    private final boolean isLocal;
    private final HostRules readers;
    private final HostRules changers;
    private final CorsRules pages = new CorsRules(HttpConfig.Cors.of(null, null));

    private AdminRules(AccessRules rules, boolean isLocal, HostRules readers, HostRules changers) {
        this.rules = rules;
        this.isLocal = isLocal;
        this.readers = readers;
        this.changers = changers;
    }

    static AdminRules of(NodeConfig config, AccessRules rules) {
        AdminConfig admin = Objects.requireNonNull(config.admin());
        List<String> hosts = config.http().hosts();
        boolean isLocal = HostRules.isLoopback(admin.host());
        return new AdminRules(
                rules,
                isLocal,
                HostRules.of(admin.host(), hosts, !isLocal),
                HostRules.of(admin.host(), hosts, !isLocal && rules.areKnown()));
    }

    /** The names under which it is read. */
    HostRules hosts() {
        return readers;
    }

    /** Whether whoever reaches the listener may read, and there may be strangers among them. */
    boolean isOpen() {
        return !isLocal && !rules.areKnown();
    }

    private boolean asksRight() {
        return !isLocal && rules.areKnown();
    }

    /** A handler that lets those pass who may read. */
    Handler<RoutingContext> readers() {
        return asksRight() ? rules.admins(DENIED) : RoutingContext::next;
    }

    /** The rights of those who read a stream of the listener, as {@link AccessRules#readers}. */
    Function<RoutingContext, Future<Rights>> watchers() {
        return asksRight() ? rules.watchers(DENIED) : routing -> Future.succeededFuture(Rights.ALL);
    }

    /** Whether there are tickets for those who may read a stream of the listener. */
    boolean hasTickets() {
        return asksRight() && rules.hasTickets();
    }

    /** A ticket for a client that {@link #changers} let pass. */
    IssuedTicket ticket(RoutingContext routing) {
        return rules.adminTicket(routing);
    }

    /** A handler that lets those pass who may change something. The body of the request waits until that is known. */
    Handler<RoutingContext> changers() {
        Handler<RoutingContext> admins = asksRight() ? rules.admins(DENIED) : RoutingContext::next;
        return routing -> {
            changers.require(Authority.of(routing.request()));
            pages.requireOwnPage(routing.request());
            if (isOpen()) {
                requireThisMachine(routing.request().remoteAddress());
            }
            admins.handle(routing);
        };
    }

    private static void requireThisMachine(SocketAddress client) {
        if (!HostRules.isLoopback(String.valueOf(client.hostAddress()))) {
            throw new HttpException(
                    403, "without \"auth\" only a client on this machine may: expected one, or a token's right admin");
        }
    }
}
